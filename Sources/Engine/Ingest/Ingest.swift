public import Columns
import Expressions

/// The first operator of a job: reads the splits of a source, parses their records, assigns event
/// times, and states the watermark before and after every record.
///
/// Several splits are read in one fixed order, a function of the log alone:
/// - where the log has an arrival column, **in the order of arrival**;
/// - else **the next record is taken from the split whose newest event time is lowest** (one that
///   has given none yet comes first), so that no split runs ahead of the others;
/// - in processing time without arrivals, from the split that has given fewest records.
///
/// Ties go by the order of the splits, and a split that is paused for being too far ahead waits
/// whatever the order. The combined watermark is ``WatermarkCombiner``'s.
///
/// Time passes only from record to record: to the record's arrival, or to what the driver's clock
/// says as it is read. So it does not matter how many records a round has.
public final class Ingest {
  /// Rows of the log, in reading order, with the records that did not become rows.
  public struct Reading {
    public var batch: Batch
    public var dead: [DeadLetter]
  }

  public let schema: Schema
  var sequencer: SplitSequencer

  /// Opens every split, at the start or where a checkpoint left it.
  ///
  /// - Parameters:
  ///   - clock: what time it is; asked only for processing time, and for a period or an idle time
  ///     where the log has no arrivals. It may stand still or go back: time does not.
  ///   - stopwatch: measures how long reading takes.
  /// - Throws: ``ConnectError`` for a split that cannot be opened, or a pattern that is wrong.
  public init(
    source: any Source, spec: ParseSpec, restoring state: State? = nil,
    clock: @escaping ProcessingClock = { _ in 0 }, stopwatch: Stopwatch? = nil
  ) throws {
    let schema = Schema(spec.columns.map { Field($0.name, $0.type) })
    self.schema = schema
    var inputs: [WatermarkCombiner.Input] = []
    var splits: [SplitSequencer.Split] = []
    let descriptions = try source.splits()
    for description in descriptions {
      let known = state?.splits.first { $0.name == description.name }
      let split = known ?? SplitState(name: description.name)
      var input = split.input(spec.watermark)
      // Where it was not kept, an only split's watermark is the operator's, whatever the bound is.
      if descriptions.count == 1, let state, split.watermark == nil {
        input.watermark = max(input.watermark, state.watermark)
      }
      inputs.append(input)
      let reader = try source.open(description, at: split.position, framing: spec.framing)
      splits.append(
        SplitSequencer.Split(
          description: description, reader: stopwatch.map { TimedReader(reader, $0) } ?? reader,
          header: try Self.header(of: description, source, spec), position: split.position,
          assigner: WatermarkAssigner(
            spec: spec.watermark, newest: split.maxEventTime, watermark: input.watermark),
          arrival: split.arrival, records: split.records))
    }
    let isLost = { (state: SplitState) in
      !splits.contains { $0.description.name == state.name }
    }
    if let lost = state?.splits.first(where: isLost) {
      throw ConnectError(
        "\(lost.name) was read before the checkpoint and is no longer there",
        remedy: "put it back, or start over with --fresh")
    }
    var combiner = WatermarkCombiner(
      inputs, output: state?.watermark ?? minWatermark, idleAfterMs: spec.watermark.idleAfterMs,
      maxDriftMs: spec.watermark.maxDriftMs)
    // Who is paused follows from the watermarks; a max_drift may be another than it was.
    if state != nil { combiner.align(at: state?.now) }
    sequencer = SplitSequencer(
      spec: spec, schema: schema,
      parser: BlockParser(parser: try spec.makeParser(), spec: spec, schema: schema), clock: clock,
      splits: splits,
      combiner: combiner, now: state?.now)
  }

  deinit {
    sequencer.ahead?.stop()
    for split in sequencer.splits { split.reader.close() }
  }

  private static func header(
    of split: SplitDescription, _ source: any Source, _ spec: ParseSpec
  ) throws -> CsvHeader? {
    guard case .csv(let options) = spec.format, options.hasHeader else { return nil }
    let reader = try source.open(split, at: .start, framing: spec.framing)
    defer { reader.close() }
    return try reader.next(maxRecords: 1, maxBytes: 64 * 1024).map(options.header)
  }

  /// Whether a part of the lanes is at work ahead of the caller.
  var isReadingAhead: Bool { sequencer.ahead != nil && !isAtEnd }
  /// The combined watermark.
  public var watermark: Int64 { sequencer.watermark }
  /// Records read so far, bad ones included: the sequence number of the next.
  public var recordsRead: Int64 { sequencer.recordsRead }
  /// Whether each split has ended, in their order.
  public var endedSplits: [Bool] { sequencer.splits.map(\.hasEnded) }
  /// Whether its splits can be read again: those whose size is known.
  public var canReadAgain: Bool { sequencer.splits.allSatisfy { $0.description.size != nil } }
  public var isAtEnd: Bool { sequencer.splits.allSatisfy(\.hasEnded) }
  public var maxEventTime: Int64? { sequencer.splits.compactMap(\.assigner.newest).max() }

  /// Bytes read, and bytes there are where that is known.
  public var progress: (read: Int64, total: Int64?) {
    let total = sequencer.splits.reduce(Int64?(0)) { sum, split in
      sum.flatMap { sum in split.description.size.map { sum + $0 } }
    }
    return (sequencer.splits.reduce(0) { $0 + $1.position.offset }, total)
  }

  /// Reads on.
  ///
  /// - Parameters:
  ///   - maxRecords: at most so many records; 1 steps.
  ///   - maxBytes: about how much a block holds.
  ///   - lanes: parses blocks side by side where there is one split, or ahead of the caller; the same
  ///     in every call.
  /// - Returns: nothing at the end of the input, or where no record is at hand.
  public func read(maxRecords: Int, maxBytes: Int, lanes: any Lanes) throws -> [Reading] {
    try sequencer.read(maxRecords: maxRecords, maxBytes: maxBytes, lanes: lanes)
  }
}
