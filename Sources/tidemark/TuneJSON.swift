import Columns
import Engine
import Foundation
import Runtime

/// A tuning for programs. The names below are the interface: they are added to, never changed.
/// Lengths of time end in `_ms`; times are ISO-8601.
enum TuneJSON {
  static func text(
    _ report: TuningReport, _ proposal: WatermarkProposal, shown: [TuningReport.Bound],
    subject: TuneSubject
  ) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    let limit = proposal.maxFutureMs ?? report.configured.maxFutureMs
    let tuning = Document(
      subject: subject.name, eventTime: subject.time,
      records: Records(
        read: report.records, events: report.events, unparsed: report.unparsed,
        timeless: report.timeless, fromTheFuture: report.badClocks.events,
        reachingTheWindow: report.judged),
      window: Window(
        name: report.window.name, sizeMs: report.window.sizeMs, offsetMs: report.window.offsetMs,
        allowedLatenessMs: report.window.allowedLatenessMs),
      order: Order(
        inOrder: report.order.inOrder, behindNewest: report.order.behindNewest,
        stepsBack: report.order.backwardSteps, furthestStepBackMs: report.order.furthestStepMs,
        ties: report.order.ties),
      disorder: report.disorder.map { Bar(overMs: $0.overMs, toMs: $0.toMs, events: $0.events) },
      quantiles: report.quantiles.map { Quantile(name: $0.name, share: $0.share, ms: $0.ms) },
      bounds: report.bounds.map { bound in
        Bound(
          outOfOrdernessMs: bound.ms, behindWatermark: bound.behind, late: bound.late,
          dropped: bound.dropped, latencyMs: bound.ms,
          isExact: report.isExact(bound.ms, maxFutureMs: limit), isShown: shown.contains(bound))
      },
      silences: Silences(
        usualMs: report.silence.usualMs, longerThanMs: report.silence.longerThanMs,
        count: report.silence.count, longestMs: report.silence.longestMs),
      driftMs: report.driftMs, splits: report.splits.map(Split.init),
      badClocks: BadClocks(report.badClocks),
      proposal: Proposal(
        outOfOrdernessMs: proposal.outOfOrdernessMs, idleAfterMs: proposal.idleAfterMs,
        maxFutureMs: proposal.maxFutureMs, yaml: proposal.yaml, reasons: proposal.reasons),
      elapsedMs: Int64(report.elapsedNs / 1_000_000), bytes: report.bytes)
    return String(decoding: try encoder.encode(tuning), as: UTF8.self) + "\n"
  }

  private struct Document: Encodable {
    var subject: String
    var eventTime: String
    var records: Records
    var window: Window
    var order: Order
    var disorder: [Bar]
    var quantiles: [Quantile]
    var bounds: [Bound]
    var silences: Silences
    var driftMs: Int64
    var splits: [Split]
    var badClocks: BadClocks
    var proposal: Proposal
    var elapsedMs: Int64
    var bytes: Int64
  }

  private struct Records: Encodable {
    var read: Int64
    var events: Int64
    var unparsed: Int64
    var timeless: Int64
    var fromTheFuture: Int64
    var reachingTheWindow: Int64
  }

  private struct Window: Encodable {
    var name: String?
    var sizeMs: Int64
    var offsetMs: Int64
    var allowedLatenessMs: Int64
  }

  private struct Order: Encodable {
    var inOrder: Int64
    var behindNewest: Int64
    var stepsBack: Int64
    var furthestStepBackMs: Int64
    var ties: Int64
  }

  private struct Bar: Encodable {
    var overMs: Int64?
    var toMs: Int64
    var events: Int64
  }

  private struct Quantile: Encodable {
    var name: String
    var share: Double
    var ms: Int64
  }

  private struct Bound: Encodable {
    var outOfOrdernessMs: Int64
    var behindWatermark: Int64
    var late: Int64
    var dropped: Int64
    var latencyMs: Int64
    var isExact: Bool
    var isShown: Bool
  }

  private struct Silences: Encodable {
    var usualMs: Int64
    var longerThanMs: Int64
    var count: Int64
    var longestMs: Int64
  }

  private struct Split: Encodable {
    var name: String
    var records: Int64
    var events: Int64
    var first: String?
    var newest: String?
    var disorderMs: Int64
    var behindLeaderMs: Int64
    var gaps: [Gap]

    init(_ split: TuningReport.Split) {
      name = split.name
      records = split.records
      events = split.events
      first = split.first.map(formatTimestamp)
      newest = split.newest.map(formatTimestamp)
      disorderMs = split.disorderMs
      behindLeaderMs = split.behindLeaderMs
      gaps = split.gaps.map {
        Gap(
          from: formatTimestamp($0.from), to: formatTimestamp($0.to), ms: $0.ms,
          record: $0.record, eventsElsewhere: $0.eventsElsewhere)
      }
    }
  }

  private struct Gap: Encodable {
    var from: String
    var to: String
    var ms: Int64
    var record: Int64
    var eventsElsewhere: Int64
  }

  private struct BadClocks: Encodable {
    var events: Int64
    var leastLeadMs: Int64?
    var mostLeadMs: Int64?
    var firstSplit: String?
    var firstRecord: Int64?
    var firstTime: String?

    init(_ clocks: TuningReport.BadClocks) {
      events = clocks.events
      leastLeadMs = clocks.leastLeadMs
      mostLeadMs = clocks.mostLeadMs
      firstSplit = clocks.first?.split
      firstRecord = clocks.first?.record
      firstTime = clocks.first.map { formatTimestamp($0.time) }
    }
  }

  private struct Proposal: Encodable {
    var outOfOrdernessMs: Int64
    var idleAfterMs: Int64?
    var maxFutureMs: Int64?
    var yaml: String
    var reasons: [String]
  }
}
