import Columns
struct Checker {
  struct Node { var kernel: any Kernel; var type: ColumnType? }
  var schema: Schema
  var faults: [ExpressionFault] = []
  var columnsRead: Set<Int> = []
  var slotCount = 0
  init(schema: Schema) { self.schema = schema }
  mutating func check(_ e: Expression) -> Node? { nil }
}
struct ConstantKernel: Kernel {
  let type: ColumnType
  let column: Column
  func evaluate(_ evaluation: Evaluation, _ rows: Selection) -> Vector { Vector(constant: column) }
  func select(_ evaluation: Evaluation, _ rows: Selection) -> Selection { rows }
}
extension Kernel { func typed(_ t: ColumnType) -> any Kernel { self } }
extension Column { func repeated(_ n: Int) -> Column { self } }
