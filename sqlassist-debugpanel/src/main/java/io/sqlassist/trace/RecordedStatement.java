package io.sqlassist.trace;

import io.sqlassist.trace.Entries.Executed;
import io.sqlassist.trace.Entries.OfConnection;
import io.sqlassist.trace.Entries.OfStatement;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes down the executions of a statement. Used by one thread at a time, as its target is. */
final class RecordedStatement implements InvocationHandler {

  private static final int BATCH_ROWS = 20;

  private final Recorder recorder;
  private final Pool pool;
  private final Statement target;
  private final Connection connection;
  private final OfConnection entry;
  private final Hold hold;
  private final @Nullable String prepared;

  private final @Nullable Binds binds;
  private @Nullable SqlShape shape;
  private @Nullable String batchSql;
  private @Nullable List<List<Bind>> batch;
  private int batchSize;
  private long batchHash;
  private @Nullable OfStatement last;
  private @Nullable RecordedRows rows;

  RecordedStatement(
      Recorder recorder,
      Pool pool,
      Statement target,
      Connection connection,
      OfConnection entry,
      Hold hold,
      @Nullable String prepared) {
    this.recorder = recorder;
    this.pool = pool;
    this.target = target;
    this.connection = connection;
    this.entry = entry;
    this.hold = hold;
    this.prepared = prepared;
    this.binds = prepared == null ? null : new Binds();
  }

  /** Writes down a statement that came to no execution. */
  static void failedToPrepare(
      Recorder recorder,
      Pool pool,
      OfConnection entry,
      Hold hold,
      String sql,
      long start,
      Exception thrown) {
    try {
      long end = System.nanoTime();
      SqlShape of = recorder.shapes().of(sql, pool.dialect());
      boolean secret = of.holdsSecrets() || recorder.settings().maskAllBinds();
      entry.recording.executed(
          entry,
          new Executed(
              of,
              start,
              end,
              List.of(),
              0,
              0,
              false,
              0,
              List.of(),
              -1,
              recorder.causes().current(),
              entry.recording.wantsDetails() ? recorder.stacks().application() : List.of(),
              Thread.currentThread().getName(),
              secret ? Failures.ofSecret(thrown) : Failures.of(thrown)));
      hold.executed(of.text(), end);
    } catch (RuntimeException | Error e) {
      recorder.captureFailed(e);
    }
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
      throws Throwable {
    String name = method.getName();
    if (name.startsWith("set")) {
      bind(name, arguments);
      return RecordedJdbc.call(proxy, target, method, arguments);
    }
    switch (name) {
      case "execute",
          "executeQuery",
          "executeUpdate",
          "executeLargeUpdate",
          "executeBatch",
          "executeLargeBatch" -> {
        return recorder.isOff()
            ? RecordedJdbc.call(proxy, target, method, arguments)
            : execute(proxy, method, arguments);
      }
      case "addBatch" -> {
        Object result = RecordedJdbc.call(proxy, target, method, arguments);
        addBatch(arguments);
        return result;
      }
      case "clearParameters" -> {
        if (binds != null) {
          binds.clear();
        }
        return RecordedJdbc.call(proxy, target, method, arguments);
      }
      case "clearBatch" -> {
        clearBatch();
        return RecordedJdbc.call(proxy, target, method, arguments);
      }
      case "getResultSet" -> {
        return counted(proxy, RecordedJdbc.call(proxy, target, method, arguments));
      }
      case "getConnection" -> {
        return connection;
      }
      case "close" -> {
        endRows();
        return RecordedJdbc.call(proxy, target, method, arguments);
      }
      default -> {
        return RecordedJdbc.call(proxy, target, method, arguments);
      }
    }
  }

  private void bind(String setter, Object @Nullable [] arguments) {
    Binds to = binds;
    if (to == null
        || arguments == null
        || arguments.length < 2
        || !(arguments[0] instanceof Integer index)) {
      return;
    }
    try {
      to.set(index, setter.equals("setNull") ? null : arguments[1]);
    } catch (RuntimeException | Error e) {
      recorder.captureFailed(e);
    }
  }

  private void addBatch(Object @Nullable [] arguments) {
    try {
      if (arguments != null && arguments.length == 1 && arguments[0] instanceof String sql) {
        batchSql = batchSql == null ? sql : batchSql;
      } else if (binds != null && prepared != null) {
        SqlShape of = shapeOf(prepared);
        if (batchSize < BATCH_ROWS && entry.recording.wantsDetails()) {
          if (batch == null) {
            batch = new ArrayList<>(4);
          }
          batch.add(binds.toTrace(of.secretBinds(), recorder.settings().maskAllBinds()));
        }
        batchHash = SqlShape.mix(batchHash * 31 + binds.hash(of.secretBinds()));
      }
      batchSize++;
    } catch (RuntimeException | Error e) {
      recorder.captureFailed(e);
    }
  }

  private void clearBatch() {
    batchSize = 0;
    batchHash = 0;
    batchSql = null;
    batch = null;
  }

  private @Nullable Object execute(Object proxy, Method method, Object @Nullable [] arguments)
      throws Throwable {
    endRows();
    Object result = null;
    Throwable thrown = null;
    long start = System.nanoTime();
    try {
      result = RecordedJdbc.call(proxy, target, method, arguments);
    } catch (Throwable e) {
      thrown = e;
      throw e;
    } finally {
      long end = System.nanoTime();
      try {
        executed(method.getName(), arguments, start, end, result, thrown);
      } catch (RuntimeException | Error e) {
        recorder.captureFailed(e);
      }
    }
    return method.getName().equals("executeQuery") ? counted(proxy, result) : result;
  }

  private void executed(
      String method,
      Object @Nullable [] arguments,
      long start,
      long end,
      @Nullable Object result,
      @Nullable Throwable thrown) {
    boolean isBatch = method.endsWith("Batch");
    String sql = prepared;
    if (sql == null) {
      sql =
          isBatch
              ? String.valueOf(batchSql)
              : arguments != null && arguments.length > 0 ? String.valueOf(arguments[0]) : "";
    }
    SqlShape of = shapeOf(sql);
    BitSet secrets = of.secretBinds();
    boolean details = entry.recording.wantsDetails();
    boolean maskAll = recorder.settings().maskAllBinds();
    List<Bind> values = List.of();
    List<List<Bind>> more = List.of();
    int bindCount = binds == null ? 0 : binds.count();
    long hash = 0;
    boolean comparable = of.repeatable() && !of.holdsSecrets() && !maskAll;
    if (isBatch) {
      hash = batchHash;
      if (batch != null && !batch.isEmpty()) {
        values = batch.get(0);
        more = List.copyOf(batch.subList(1, batch.size()));
      }
    } else if (binds != null) {
      hash = binds.hash(secrets);
      comparable &= binds.isComparable();
      if (details) {
        values = binds.toTrace(secrets, maskAll);
      }
    }
    last =
        entry.recording.executed(
            entry,
            new Executed(
                of,
                start,
                end,
                values,
                bindCount,
                hash,
                comparable,
                isBatch ? batchSize : 0,
                more,
                updateCount(result),
                recorder.causes().current(),
                details ? recorder.stacks().application() : List.of(),
                Thread.currentThread().getName(),
                thrown == null
                    ? null
                    : of.holdsSecrets() || maskAll
                        ? Failures.ofSecret(thrown)
                        : Failures.of(thrown)));
    hold.executed(of.text(), end);
    if (isBatch) {
      clearBatch();
    }
  }

  private SqlShape shapeOf(String sql) {
    SqlShape known = shape;
    if (known != null && prepared != null) {
      return known;
    }
    SqlShape found = recorder.shapes().of(sql, pool.dialect());
    shape = found;
    return found;
  }

  private static long updateCount(@Nullable Object result) {
    if (result instanceof Integer || result instanceof Long) {
      return ((Number) result).longValue();
    }
    long sum = -1;
    if (result instanceof int[] counts) {
      sum = 0;
      for (int count : counts) {
        sum += Math.max(0, count);
      }
    } else if (result instanceof long[] counts) {
      sum = 0;
      for (long count : counts) {
        sum += Math.max(0, count);
      }
    }
    return sum;
  }

  private @Nullable Object counted(Object proxy, @Nullable Object result) {
    if (!(result instanceof ResultSet found)) {
      return result;
    }
    try {
      endRows();
      RecordedRows counting = new RecordedRows(recorder, found, (Statement) proxy, entry, last);
      rows = counting;
      return Proxy.newProxyInstance(
          RecordedStatement.class.getClassLoader(), new Class<?>[] {ResultSet.class}, counting);
    } catch (RuntimeException | Error e) {
      recorder.captureFailed(e);
      return found;
    }
  }

  private void endRows() {
    RecordedRows open = rows;
    rows = null;
    if (open != null) {
      open.end();
    }
  }
}
