internal import Glibc

/// How a file was left: one call tells whether somebody else has touched it since.
///
/// The time of change is the kernel's and cannot be set, but moves in steps of some milliseconds:
/// an edit of the same length within one step is not seen. So equal means "as good as certainly
/// untouched", and different means "look at the bytes".
package struct FileIdentity: Hashable, Sendable {
  private let device: UInt64
  private let inode: UInt64
  package let length: Int64
  private let changedSeconds: Int
  private let changedNs: Int

  init(_ status: stat) {
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    length = Int64(status.st_size)
    changedSeconds = status.st_ctim.tv_sec
    changedNs = status.st_ctim.tv_nsec
  }

  /// Whether both are the same file, whatever was written to it.
  package func isSameFile(as other: FileIdentity) -> Bool {
    device == other.device && inode == other.inode
  }
}
