import java.io.*;
import java.nio.file.*;
import java.time.Duration;
import java.util.*;
import org.apache.flink.api.common.ExecutionConfig;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.api.common.typeinfo.*;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.file.src.FileSource;
import org.apache.flink.connector.file.src.reader.TextLineInputFormat;
import org.apache.flink.streaming.api.datastream.*;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.streaming.api.functions.windowing.ProcessWindowFunction;
import org.apache.flink.streaming.api.windowing.assigners.*;
import org.apache.flink.streaming.api.windowing.triggers.*;
import org.apache.flink.streaming.api.windowing.windows.*;
import org.apache.flink.util.*;

/**
 * Every window and trigger of Tidemark on Flink's own WindowOperator, a watermark after every element
 * (max - bound - 1). It stands on the classes of the shared Oracle (events, watermarks, sinks).
 *
 *   WindowOracle CASES   a case a line: IN WINDOW TRIGGER accumulating|discarding BOUND LATENESS OUT LATE
 *
 * WINDOW:  tumbling:SIZE:OFFSET | sliding:SIZE:SLIDE:OFFSET | cumulating:STEP:MAX:OFFSET | session:GAP | count:N | global
 * TRIGGER: default | early:MS | rows:N | early:MS+rows:N
 * OUT:  key start end count sum min max first last firing watermark; LATE: ts key watermark
 */
public class WindowOracle {
  public static class Acc {
    public long n, sum, min = Long.MAX_VALUE, max = Long.MIN_VALUE, first, last;
    public long minLine = Long.MAX_VALUE, maxLine = Long.MIN_VALUE, from = Long.MAX_VALUE, to = Long.MIN_VALUE;
    public Acc() {}
  }

  public static class Agg implements AggregateFunction<Oracle.Ev, Acc, Acc> {
    public Acc createAccumulator() { return new Acc(); }
    public Acc add(Oracle.Ev e, Acc a) {
      Acc one = new Acc();
      one.n = 1; one.sum = one.min = one.max = one.first = one.last = (long) e.value;
      one.minLine = one.maxLine = e.line; one.from = one.to = e.ts;
      return merge(a, one);
    }
    public Acc getResult(Acc a) { return a; }
    public Acc merge(Acc x, Acc y) {
      Acc r = new Acc();
      r.n = x.n + y.n; r.sum = x.sum + y.sum; r.min = Math.min(x.min, y.min); r.max = Math.max(x.max, y.max);
      r.minLine = Math.min(x.minLine, y.minLine); r.first = x.minLine <= y.minLine ? x.first : y.first;
      r.maxLine = Math.max(x.maxLine, y.maxLine); r.last = x.maxLine >= y.maxLine ? x.last : y.last;
      r.from = Math.min(x.from, y.from); r.to = Math.max(x.to, y.to);
      return r;
    }
  }

  static String mark(long w) { return w == Long.MAX_VALUE ? "end" : w == Long.MIN_VALUE ? "none" : Long.toString(w); }

  public static class Emit extends ProcessWindowFunction<Acc, String, String, Window> {
    final boolean isCount;
    transient HashMap<String, Integer> fired;
    Emit(boolean isCount) { this.isCount = isCount; }
    public void process(String key, Context c, Iterable<Acc> it, Collector<String> out) {
      if (fired == null) fired = new HashMap<>();
      Acc a = it.iterator().next();
      boolean timed = c.window() instanceof TimeWindow;
      long start = timed ? ((TimeWindow) c.window()).getStart() : a.from;
      long end = timed ? ((TimeWindow) c.window()).getEnd() : a.to + 1;
      String id = timed ? key + " " + start + " " + end : key;
      int firing = isCount ? 1 : fired.merge(id, 1, Integer::sum);
      out.collect(key + " " + start + " " + end + " " + a.n + " " + a.sum + " " + a.min + " " + a.max + " " + a.first
        + " " + a.last + " " + firing + " " + mark(c.currentWatermark()));
    }
  }

  /** Flink's triggers side by side: the end of the window, ContinuousEventTimeTrigger, CountTrigger. */
  public static class Composite extends Trigger<Object, Window> {
    final boolean hasEnd; final ContinuousEventTimeTrigger<Window> early; final CountTrigger<Window> count;
    Composite(boolean hasEnd, long earlyMs, long rows) {
      this.hasEnd = hasEnd;
      early = earlyMs > 0 ? ContinuousEventTimeTrigger.of(Duration.ofMillis(earlyMs)) : null;
      count = rows > 0 ? CountTrigger.of(rows) : null;
    }
    public TriggerResult onElement(Object e, long t, Window w, TriggerContext c) throws Exception {
      if (hasEnd) {
        if (w.maxTimestamp() <= c.getCurrentWatermark()) return TriggerResult.FIRE;
        c.registerEventTimeTimer(w.maxTimestamp());
      }
      if (early != null) early.onElement(e, t, w, c);
      return count != null ? count.onElement(e, t, w, c) : TriggerResult.CONTINUE;
    }
    public TriggerResult onEventTime(long t, Window w, TriggerContext c) throws Exception {
      if (hasEnd && t == w.maxTimestamp()) return TriggerResult.FIRE;
      return early != null ? early.onEventTime(t, w, c) : TriggerResult.CONTINUE;
    }
    public TriggerResult onProcessingTime(long t, Window w, TriggerContext c) { return TriggerResult.CONTINUE; }
    public boolean canMerge() { return true; }
    public void onMerge(Window w, OnMergeContext c) throws Exception {
      if (hasEnd && w.maxTimestamp() > c.getCurrentWatermark()) c.registerEventTimeTimer(w.maxTimestamp());
      if (early != null) early.onMerge(w, c);
      if (count != null) count.onMerge(w, c);
    }
    public void clear(Window w, TriggerContext c) throws Exception {
      if (hasEnd) c.deleteEventTimeTimer(w.maxTimestamp());
      if (early != null) early.clear(w, c);
      if (count != null) count.clear(w, c);
    }
  }

  /** CUMULATE as a window assigner: Flink has it in SQL only, without lateness. */
  public static class Cumulating extends WindowAssigner<Object, TimeWindow> {
    final long step, max, offset;
    Cumulating(long step, long max, long offset) { this.step = step; this.max = max; this.offset = offset; }
    public Collection<TimeWindow> assignWindows(Object e, long t, WindowAssignerContext c) {
      long start = TimeWindow.getWindowStartWithOffset(t, offset, max);
      List<TimeWindow> windows = new ArrayList<>();
      for (long end = start + step; end <= start + max; end += step) if (t < end) windows.add(new TimeWindow(start, end));
      return windows;
    }
    public Trigger<Object, TimeWindow> getDefaultTrigger() { return EventTimeTrigger.create(); }
    public Trigger<Object, TimeWindow> getDefaultTrigger(StreamExecutionEnvironment e) { return EventTimeTrigger.create(); }
    public TypeSerializer<TimeWindow> getWindowSerializer(ExecutionConfig c) { return new TimeWindow.Serializer(); }
    public boolean isEventTime() { return true; }
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  static void add(StreamExecutionEnvironment env, String[] a) throws Exception {
    String[] w = a[1].split(":");
    long[] n = new long[4];
    for (int i = 1; i < w.length; i++) n[i] = Long.parseLong(w[i]);
    WindowAssigner assigner = switch (w[0]) {
      case "tumbling" -> TumblingEventTimeWindows.of(Duration.ofMillis(n[1]), Duration.ofMillis(n[2]));
      case "sliding" -> SlidingEventTimeWindows.of(Duration.ofMillis(n[1]), Duration.ofMillis(n[2]), Duration.ofMillis(n[3]));
      case "cumulating" -> new Cumulating(n[1], n[2], n[3]);
      case "session" -> EventTimeSessionWindows.withGap(Duration.ofMillis(n[1]));
      default -> GlobalWindows.create();
    };
    boolean isCount = w[0].equals("count"), isTimed = !isCount && !w[0].equals("global");
    long early = 0, rows = isCount ? n[1] : 0;
    for (String part : a[2].split("\\+")) {
      if (part.startsWith("early:")) early = Long.parseLong(part.substring(6));
      if (part.startsWith("rows:")) rows = Long.parseLong(part.substring(5));
    }
    Trigger trigger = new Composite(isTimed, early, rows);
    if (isCount || a[3].equals("discarding")) trigger = PurgingTrigger.of(trigger);
    long bound = Long.parseLong(a[4]), lateness = Long.parseLong(a[5]);
    FileSource<String> source = FileSource.forRecordStreamFormat(
      new TextLineInputFormat("UTF-8"), new org.apache.flink.core.fs.Path(new File(a[0]).getAbsoluteFile().toURI())).build();
    SingleOutputStreamOperator<Oracle.Ev> events = env.fromSource(source, WatermarkStrategy.noWatermarks(), "file")
      .flatMap(new Oracle.Parse(false)).returns(TypeInformation.of(Oracle.Ev.class))
      .assignTimestampsAndWatermarks(WatermarkStrategy.<Oracle.Ev>forGenerator(c -> new Oracle.Gen(bound, 0)).withTimestampAssigner((e, t) -> e.ts));
    OutputTag<Oracle.Ev> tag = new OutputTag<Oracle.Ev>("late", TypeInformation.of(Oracle.Ev.class)) {};
    WindowedStream windowed = events.keyBy(e -> e.key, Types.STRING).window(assigner).trigger(trigger).sideOutputLateData(tag);
    if (isTimed) windowed = windowed.allowedLateness(Duration.ofMillis(lateness));
    SingleOutputStreamOperator<String> results = windowed.aggregate(
      new Agg(), new Emit(isCount), TypeInformation.of(Acc.class), TypeInformation.of(Acc.class), Types.STRING);
    results.sinkTo(new Oracle.LineSink(a[6]));
    results.getSideOutput(tag).process(new ProcessFunction<Oracle.Ev, String>() {
      public void processElement(Oracle.Ev e, Context c, Collector<String> out) {
        out.collect(e.ts + " " + e.key + " " + mark(c.timerService().currentWatermark()));
      }
    }).returns(Types.STRING).sinkTo(new Oracle.LineSink(a[7]));
  }

  static void run(List<String[]> cases) throws Exception {
    Configuration conf = Loopback.configuration();
    conf.setString("taskmanager.numberOfTaskSlots", "1");
    conf.setString("taskmanager.memory.network.min", "256m");
    conf.setString("taskmanager.memory.network.max", "256m");
    StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1, conf);
    env.getConfig().setAutoWatermarkInterval(0);
    for (String[] one : cases) add(env, one);
    env.execute("windows");
  }

  public static void main(String[] args) throws Exception {
    List<String[]> group = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of(args[0]))) {
      if (line.isBlank()) continue;
      group.add(line.trim().split("\\s+"));
      if (group.size() == 50) { run(group); group = new ArrayList<>(); }
    }
    if (!group.isEmpty()) run(group);
    System.exit(0);
  }
}
