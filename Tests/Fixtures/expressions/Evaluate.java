import java.io.PrintWriter;
import java.math.BigDecimal;
import java.nio.file.*;
import java.time.*;
import java.util.*;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.table.api.*;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;

/**
 * Evaluates SQL expressions with Flink over the rows of a file: COLUMNS ROWS CASES OUT.
 *
 * COLUMNS holds `name TYPE` lines, ROWS a JSON object a line, CASES an expression a line. OUT gets a
 * line a case, parted by tabs: the expression, its type, and its value for each row; `!` where Flink
 * refuses the expression or the row. Many expressions are evaluated by one job; one that fails is
 * found by halving and then evaluated row by row.
 */
public class Evaluate {
  static TableEnvironment tables;
  static int rowCount;
  static final Map<String, String[]> results = new HashMap<>();

  public static void main(String[] arguments) throws Exception {
    Configuration configuration = new Configuration();
    Map.of(
            "execution.target", "local", "execution.attached", "true", "parallelism.default", "1",
            "execution.runtime-mode", "STREAMING", "table.local-time-zone", "UTC",
            "rest.bind-address", "127.0.0.1", "rest.address", "127.0.0.1", "rest.bind-port", "0",
            "jobmanager.rpc.address", "127.0.0.1", "taskmanager.host", "127.0.0.1")
        .forEach(configuration::setString);
    configuration.setString("jobmanager.bind-host", "127.0.0.1");
    configuration.setString("taskmanager.bind-host", "127.0.0.1");
    configuration.setString("table.exec.legacy-cast-behaviour", "DISABLED");
    configuration.setString("restart-strategy.type", "none");
    tables =
        TableEnvironment.create(
            EnvironmentSettings.newInstance().inStreamingMode().withConfiguration(configuration)
                .build());
    StringBuilder columns = new StringBuilder("id INT");
    for (String line : Files.readAllLines(Path.of(arguments[0])))
      if (!line.isBlank()) columns.append(", ").append(line.trim());
    rowCount = Files.readAllLines(Path.of(arguments[1])).size();
    tables.executeSql(
        "CREATE TABLE samples (" + columns + ") WITH ('connector' = 'filesystem', 'path' = '"
            + Path.of(arguments[1]).toAbsolutePath().toUri() + "', 'format' = 'json', "
            + "'json.timestamp-format.standard' = 'ISO-8601')");
    List<String> cases = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of(arguments[2])))
      if (!line.isBlank() && !line.startsWith("#")) cases.add(line.strip());

    List<String> sound = new ArrayList<>();
    for (String expression : cases) {
      String[] result = new String[rowCount + 1];
      results.put(expression, result);
      try {
        result[0] = type(expression);
        sound.add(expression);
      } catch (Throwable error) {
        Arrays.fill(result, "!");
        if (System.getenv("EVALUATE_REASONS") != null)
          System.err.println(expression + "\n    " + reason(error));
      }
    }
    for (int start = 0; start < sound.size(); start += 60)
      evaluate(sound.subList(start, Math.min(sound.size(), start + 60)));

    try (PrintWriter out = new PrintWriter(arguments[3], "UTF-8")) {
      for (String expression : cases)
        out.print(expression + "\t" + String.join("\t", results.get(expression)) + "\n");
    }
    System.exit(0);
  }

  static String reason(Throwable error) {
    Throwable cause = error;
    while (cause.getCause() != null) cause = cause.getCause();
    String text = String.valueOf(cause.getMessage());
    return text.substring(0, Math.min(text.length(), 300)).replace('\n', ' ');
  }

  static String type(String expression) {
    LogicalType type =
        tables.sqlQuery("SELECT " + expression + " AS e FROM samples").getResolvedSchema()
            .getColumns().get(0).getDataType().getLogicalType();
    return type.asSummaryString().replace(" NOT NULL", "");
  }

  /** Evaluates expressions together, or after a failure in two halves. */
  static void evaluate(List<String> expressions) {
    if (expressions.isEmpty()) return;
    try {
      List<Row> rows = run(expressions, "");
      if (rows.size() != rowCount) throw new IllegalStateException(rows.size() + " rows");
      for (int row = 0; row < rowCount; row++) put(expressions, row, rows.get(row));
    } catch (Throwable error) {
      if (expressions.size() > 1) {
        int half = expressions.size() / 2;
        evaluate(expressions.subList(0, half));
        evaluate(expressions.subList(half, expressions.size()));
        return;
      }
      if (System.getenv("EVALUATE_REASONS") != null)
        System.err.println(expressions.get(0) + "\n    " + reason(error));
      for (int row = 0; row < rowCount; row++) {
        try {
          put(expressions, row, run(expressions, " WHERE id = " + row).get(0));
        } catch (Throwable failure) {
          results.get(expressions.get(0))[row + 1] = "!";
        }
      }
    }
  }

  static void put(List<String> expressions, int row, Row values) {
    for (int index = 0; index < expressions.size(); index++)
      results.get(expressions.get(index))[row + 1] = escaped(text(values.getField(index)));
  }

  static List<Row> run(List<String> expressions, String condition) throws Exception {
    StringBuilder list = new StringBuilder();
    for (int index = 0; index < expressions.size(); index++)
      list.append(index > 0 ? ", " : "").append(expressions.get(index)).append(" AS e").append(index);
    List<Row> rows = new ArrayList<>();
    try (CloseableIterator<Row> iterator =
        tables.executeSql("SELECT " + list + " FROM samples" + condition).collect()) {
      while (iterator.hasNext()) rows.add(iterator.next());
    }
    return rows;
  }

  /** A value as the tests write it. */
  static String text(Object value) {
    if (value == null) return "NULL";
    if (value instanceof Boolean) return (Boolean) value ? "TRUE" : "FALSE";
    if (value instanceof BigDecimal) return ((BigDecimal) value).toPlainString();
    if (value instanceof Duration) return String.valueOf(((Duration) value).toMillis());
    if (value instanceof Period) return ((Period) value).toTotalMonths() + " months";
    if (value instanceof LocalDateTime) return time((LocalDateTime) value);
    if (value instanceof Instant) return time(LocalDateTime.ofInstant((Instant) value, ZoneOffset.UTC));
    if (value instanceof byte[]) return HexFormat.of().formatHex((byte[]) value);
    if (value instanceof Row) {
      List<String> parts = new ArrayList<>();
      for (int index = 0; index < ((Row) value).getArity(); index++)
        parts.add(text(((Row) value).getField(index)));
      return "(" + String.join(", ", parts) + ")";
    }
    if (value instanceof Map) {
      List<String> parts = new ArrayList<>();
      ((Map<?, ?>) value).forEach((key, part) -> parts.add(text(key) + "=" + text(part)));
      Collections.sort(parts);
      return "{" + String.join(", ", parts) + "}";
    }
    if (value.getClass().isArray()) {
      List<String> parts = new ArrayList<>();
      for (int index = 0; index < java.lang.reflect.Array.getLength(value); index++)
        parts.add(text(java.lang.reflect.Array.get(value, index)));
      return "[" + String.join(", ", parts) + "]";
    }
    return value.toString();
  }

  static String time(LocalDateTime time) {
    int below = time.getNano() % 1_000_000;
    return java.time.format.DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS").format(time)
        + (below == 0 ? "" : String.format("%06d", below)) + "Z";
  }

  static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r");
  }
}
