extension StudioState {
  mutating func explainOperator() -> [StudioEffect] { [] }
}
