internal import Columns
internal import Engine
internal import Expressions

/// Finds the columns that somebody reads, from the sinks upwards, so that `parse` skips the rest.
enum Pruning {
  /// The nodes with ``ParseColumn/isRead`` set.
  static func prune(_ nodes: [JobNode]) -> [JobNode] {
    var nodes = nodes
    var read = [Set<Int>](repeating: [], count: nodes.count)
    for position in nodes.indices.reversed() {
      let node = nodes[position]
      for input in node.inputs {
        let count = nodes[input.node].schema.count
        switch input.port {
        case .main: read[input.node].formUnion(needed(node, read[position]).filter { $0 < count })
        case .late: keep(needed(node, read[position]), late: input.node, nodes, &read)
        case .dead: break
        }
      }
    }
    for position in nodes.indices {
      guard case .ingest(let source, var spec) = nodes[position].logic else { continue }
      let times = Set([spec.eventTime, spec.arrival].compactMap { $0 })
        .union(spec.watermark.carried?.columnsRead ?? [])
      for column in spec.columns.indices {
        spec.columns[column].isRead = read[position].contains(column) || times.contains(column)
      }
      nodes[position].logic = .ingest(source, spec)
    }
    return nodes
  }

  /// The columns of its input that a node needs for the columns of its output that are read.
  private static func needed(_ node: JobNode, _ outputs: Set<Int>) -> Set<Int> {
    switch node.logic {
    case .ingest: return []
    case .filter(let condition): return outputs.union(condition.columnsRead)
    case .derive(let expressions):
      let first = node.schema.count - expressions.count
      return outputs.union(expressions.flatMap(\.columnsRead)).filter { $0 < first }
    case .window(let spec):
      let arguments = spec.aggregates.flatMap {
        [$0.argument, $0.second, $0.filter].flatMap { $0?.columnsRead ?? [] }
      }
      return Set(spec.keys + arguments)
    case .sink(let spec): return Set(spec.columns)
    }
  }

  /// Late rows have the columns of the window's input first.
  private static func keep(
    _ columns: Set<Int>, late window: Int, _ nodes: [JobNode], _ read: inout [Set<Int>]
  ) {
    for input in nodes[window].inputs {
      let count = nodes[input.node].schema.count
      switch input.port {
      case .main: read[input.node].formUnion(columns.filter { $0 < count })
      case .late: keep(columns, late: input.node, nodes, &read)
      case .dead: break
      }
    }
  }
}
