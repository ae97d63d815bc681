import Testing

@testable import Engine

/// Goldens made by Flink 2.3.0: random happenings fed to its `StatusWatermarkValve`, a channel a
/// split, and what it emitted. In: as in ``WatermarkCombining``; out: watermarks, and `idle` where
/// it says that every input is. `java-flink Tests/Fixtures/watermarks/Valve.java 60` makes them again.
@Suite struct WatermarkValve {
  static let goldens = """
    3 | -a b:9 a:8 c:10 c:10 c:19 b:19 c:19 a:24 c:24 -c b:25 a:25 +c b:32 b:25 | 8 19 24 25
    4 | -c d:11 +c d:8 -a b:13 -d c:15 a:7 b:13 -b -d b:8 -d -c a:11 | 13 15
    4 | d:6 -a -b -b -d -d +b -c b:15 +c b:11 -a c:16 -a b:9 c:19 | 15
    4 | a:8 d:7 -b d:14 d:12 c:8 -b -a b:11 c:17 c:11 b:17 -c -b d:13 -c | 8 11 14
    3 | a:1 c:10 c:0 a:5 -a c:3 b:6 -c c:4 c:14 -c -c -b a:8 b:15 a:18 | 6 14 idle 15
    3 | c:4 b:8 -a a:10 -b a:13 c:7 c:7 c:16 a:21 a:18 c:15 -b a:14 a:21 b:26 | 4 7 13 16
    3 | -b -b -c c:6 -c c:8 b:10 b:17 a:12 c:18 c:22 b:16 a:22 -c b:22 b:18 | 8 12 17 22
    3 | b:14 a:7 b:17 b:18 c:17 b:16 -a c:20 a:17 c:19 -c -c c:27 c:29 b:28 -a | 7 17 18 28
    2 | a:11 b:11 a:7 b:15 a:10 b:16 b:13 a:7 b:17 b:19 -a b:14 -a a:13 -b b:21 | 11 19 21
    2 | -b a:5 b:4 b:13 b:11 a:10 b:7 a:12 b:22 b:20 -a a:15 a:22 b:20 -a +a | 5 10 12 22
    2 | a:4 -a b:11 -a a:6 b:19 b:22 b:22 -a b:19 b:27 b:24 b:22 a:24 b:31 -a | 11 19 22 27 31
    3 | b:7 c:4 -c a:4 c:8 c:4 -b c:6 -b b:16 b:10 -a -c c:14 b:17 a:16 | 4 8 16 17
    4 | c:4 c:5 a:15 -a c:14 b:14 b:10 c:12 d:19 a:15 a:21 -a -c a:17 a:19 a:24 | 14
    2 | b:2 a:9 a:6 b:9 b:13 b:8 a:5 -b b:14 -b b:21 a:12 b:19 -b b:26 -b | 2 9 12
    4 | d:11 a:3 -a a:8 -c a:14 b:16 d:13 b:11 a:15 a:13 d:21 b:22 c:21 b:27 a:21 | 11 13 15 21
    4 | b:13 -d -d -d -d b:14 -d -d a:11 b:19 d:19 d:14 c:11 c:17 a:24 a:21 | 11 17
    4 | -c d:3 c:6 b:12 a:6 b:7 d:16 c:12 b:15 c:15 a:20 a:27 a:24 a:24 b:34 a:28 | 3 6 15
    4 | -d d:1 a:8 -b c:9 -b d:11 c:12 -c -a b:19 +a -b a:17 b:23 c:22 | 1 8 11
    3 | c:6 -a -c a:7 -c a:9 -a c:11 -a b:11 -a c:10 c:4 c:7 -a a:11 | 11
    3 | b:2 -b b:1 c:11 c:10 a:10 c:14 b:14 -a b:19 b:18 -b -a c:24 b:23 c:32 | 2 10 14 24 32
    4 | d:4 a:4 -b d:12 d:12 -d a:24 a:22 b:28 c:28 d:25 b:32 d:33 a:30 b:40 c:37 | 24 28 30
    2 | a:10 a:9 a:5 -a -a a:12 a:7 a:12 b:13 a:17 b:19 a:21 a:20 -a b:19 b:22 | 12 13 17 19 22
    3 | c:12 -c c:11 -b c:6 c:14 -b -c c:9 c:12 a:15 c:15 c:15 c:20 a:20 c:17 | 14 15 20
    2 | -b -a -a b:3 b:2 -b -a -b b:5 -a b:9 a:10 a:6 a:18 a:15 -b | idle 3 idle 5 9 18
    4 | a:7 d:14 -a d:18 c:18 b:20 c:13 d:22 -b c:25 -b c:18 +a -d d:22 -a | 18 22 25
    2 | a:5 b:7 -a b:12 -a b:19 +a -a a:18 -a a:19 b:21 a:21 a:23 a:27 -a | 5 7 12 19 21
    4 | b:7 -c b:3 a:6 b:14 a:12 -c d:13 d:10 -c c:17 d:10 b:15 a:16 a:21 a:17 | 12 13
    3 | c:7 c:8 b:7 c:14 -b b:15 b:9 b:18 c:15 a:15 b:25 b:27 -c c:18 a:31 -a | 15 18
    4 | a:9 d:8 c:7 c:8 c:11 d:14 -b d:13 -a -c a:23 d:28 a:21 -c b:21 c:29 | 9 11 14 23
    3 | -b a:12 c:4 c:8 c:9 c:13 a:15 a:18 -b b:11 -a -b b:21 c:18 -a -a | 4 8 9 12 13 18
    4 | -d -a -a +a a:3 +d a:5 c:7 -c b:19 -c b:22 d:24 b:24 d:21 b:27 | 5
    2 | b:4 a:13 -a b:10 a:7 b:7 a:8 a:17 -a a:20 b:18 -b -b b:15 -b -b | 4 10 18 20
    3 | -c c:11 b:11 -a a:18 a:12 c:12 -b -b c:17 c:11 c:19 c:22 -c c:24 -a | 11 12 17 18 24
    3 | b:10 a:8 a:14 b:18 a:13 b:14 -c a:11 +c b:12 b:21 b:19 a:25 b:18 a:18 -b | 14 21 25
    3 | a:12 -c -c c:8 a:3 a:8 a:16 b:12 c:14 -a a:22 b:25 -b a:26 b:19 a:22 | 8 12 14
    4 | a:6 d:9 -a b:11 c:13 -d a:18 -d d:17 -b b:8 a:20 c:20 a:13 b:14 -a | 9 11 13 17
    2 | -b b:3 -b b:14 b:6 a:12 b:9 b:13 a:20 b:20 b:23 -a b:17 b:26 a:25 b:22 | 12 14 20 23 26
    2 | -b b:5 b:2 -b -a b:15 -a a:16 b:12 -b -a b:22 a:24 -b a:20 -b | 5 idle 15 16 idle 22 24
    4 | a:11 d:14 d:7 -c d:5 a:11 -c -c b:19 b:9 b:13 d:24 c:26 c:25 c:19 b:26 | 11
    4 | b:1 c:7 c:7 a:16 -a c:13 b:8 -a d:17 -a c:11 d:14 d:10 a:15 c:16 d:15 | 8
    4 | -a b:13 d:16 -c -b +a a:10 d:7 +b d:6 d:20 -d d:11 -d -a d:15 | 13 16 20
    2 | -a a:11 a:6 b:11 b:16 a:11 b:14 -b a:22 b:24 -a a:26 -a -b a:25 a:23 | 11 22 24 26 idle
    3 | a:10 b:5 -b -c c:16 c:21 -a -b c:10 -c a:19 -c c:16 b:19 -b c:21 | 10 21 idle
    4 | -d -c a:0 -c d:6 -c -b -d b:11 c:15 +d -d a:15 -a c:11 d:11 | 0 11
    4 | a:7 -d -d b:13 c:6 d:14 -b a:9 b:15 d:17 d:21 -a -d c:21 c:23 c:17 | 6 15
    4 | b:5 -c -b b:11 a:11 c:15 d:20 c:15 -a d:13 -b d:15 c:23 b:20 c:29 a:26 | 11 15 20
    2 | -b a:12 +b b:5 a:9 a:13 a:10 -b b:12 b:14 b:18 -a a:17 b:19 a:20 -a | 12 13 18 19
    3 | b:5 c:15 b:8 -a c:8 -a c:16 c:13 c:15 c:23 b:20 +a b:24 a:20 b:24 -b | 8 20 23
    3 | b:13 -c -a -b +b c:13 b:11 -b b:20 -a c:11 b:21 a:18 a:18 c:17 -b | 13 idle 17
    3 | -a -c b:8 -c a:8 a:11 -a b:14 -a c:5 b:15 a:17 -a c:13 a:11 -b | 8 14 15 17
    2 | a:7 a:4 a:10 a:8 a:9 a:19 b:20 a:13 a:20 -a b:16 +a a:17 b:23 b:22 b:25 | 19 20
    2 | a:2 -b a:5 a:7 -b -b +b a:16 a:8 -b a:19 -b -a a:9 -b -a | 2 5 7 16 19 idle idle
    4 | -d -b a:5 -d c:3 d:6 b:15 d:13 -b d:17 d:21 d:15 b:14 -c -b -a | 3 5 21
    4 | a:3 d:3 d:4 b:14 d:14 -c -c -c b:19 a:10 a:16 -b -b c:22 d:17 -c | 3 10 14 16
    4 | -a d:11 d:4 -d c:6 -d -a d:17 -a a:17 -d -d c:18 c:17 -c c:24 | 
    4 | -b -c -c b:8 d:3 a:3 b:13 -d d:13 b:10 c:7 c:9 -a -d -c a:12 | 3 9 13
    3 | a:1 c:5 c:3 a:8 -b b:16 c:15 b:18 c:17 -b -c a:15 b:15 b:18 b:21 c:25 | 5 8 15
    3 | -c c:5 -b a:11 -b c:16 b:7 c:12 -b a:21 -b a:12 -a c:20 c:23 c:17 | 5 11 16 20 23
    3 | b:11 b:12 a:14 -c -b c:7 c:8 b:17 a:16 a:14 c:19 b:14 a:20 b:21 -a -a | 12 14 16 17 19
    3 | a:13 -b c:12 a:9 a:14 c:11 -b c:16 -a c:17 -a b:21 -c a:26 c:20 c:24 | 12 14 16 17 21
    """

  @Test(arguments: goldens.split(separator: "\n").map(String.init))
  func theCombinerEmitsWhatFlinkDoes(_ golden: String) throws {
    let parts = golden.split(separator: "|", omittingEmptySubsequences: false).map {
      $0.split(separator: " ").map(String.init)
    }
    let count = try #require(parts[0].first.flatMap(Int.init))
    #expect(WatermarkCombining.emissions(parts[1], splits: count) == parts[2], "\(golden)")
  }
}
