import org.apache.flink.streaming.runtime.watermarkstatus.*;
import org.apache.flink.streaming.runtime.io.PushingAsyncDataInput.DataOutput;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.*;
import java.util.*;
/** Random happenings fed to Flink's StatusWatermarkValve, and what it emitted: `java-flink Valve.java 60` makes the goldens of WatermarkValveTests again. */
public class Valve {
  public static void main(String[] args) throws Exception {
    int cases = Integer.parseInt(args[0]);
    for (int seed = 1; seed <= cases; seed++) {
      Random random = new Random(seed);
      int n = 2 + random.nextInt(3);
      List<String> out = new ArrayList<>();
      DataOutput<Object> output = (DataOutput<Object>) java.lang.reflect.Proxy.newProxyInstance(
        Valve.class.getClassLoader(), new Class[]{DataOutput.class}, (proxy, method, a) -> {
          if (method.getName().equals("emitWatermark")) out.add("" + ((Watermark) a[0]).getTimestamp());
          if (method.getName().equals("emitWatermarkStatus") && ((WatermarkStatus) a[0]).isIdle()) out.add("idle");
          return null; });
      StatusWatermarkValve valve = new StatusWatermarkValve(n);
      boolean[] idle = new boolean[n];
      List<String> in = new ArrayList<>();
      int time = 0;
      for (int step = 0; step < 16; step++) {
        int c = random.nextInt(n); char name = (char) ('a' + c);
        int what = random.nextInt(10);
        if (what < 3) { in.add("-" + name); if (!idle[c]) valve.inputWatermarkStatus(WatermarkStatus.IDLE, c, output); idle[c] = true; continue; }
        if (idle[c]) { valve.inputWatermarkStatus(WatermarkStatus.ACTIVE, c, output); idle[c] = false; if (what == 9) { in.add("+" + name); continue; } }
        time += random.nextInt(4);
        int wm = time + random.nextInt(12);
        in.add(name + ":" + wm);
        valve.inputWatermark(new Watermark(wm), c, output);
      }
      System.out.println(n + " | " + String.join(" ", in) + " | " + String.join(" ", out));
    }
  }
}
