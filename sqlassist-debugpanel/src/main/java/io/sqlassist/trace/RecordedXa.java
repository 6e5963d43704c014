package io.sqlassist.trace;

import io.sqlassist.trace.Entries.OfSession;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.HexFormat;
import javax.sql.XAConnection;
import javax.sql.XADataSource;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.jspecify.annotations.Nullable;

/** Proxies between a transaction manager and the branches of an engine. */
final class RecordedXa {

  private final Recorder recorder;
  private final String engine;

  private RecordedXa(Recorder recorder, String engine) {
    this.recorder = recorder;
    this.engine = engine;
  }

  static XADataSource wrap(Recorder recorder, String engine, XADataSource target) {
    if (isWrapped(target, recorder)) {
      return target;
    }
    return proxy(XADataSource.class, new SourceHandler(new RecordedXa(recorder, engine), target));
  }

  /** By the same recorder: there may be several, and each wants to see everything. */
  private static boolean isWrapped(XADataSource source, Recorder recorder) {
    return Proxy.isProxyClass(source.getClass())
        && Proxy.getInvocationHandler(source) instanceof SourceHandler handler
        && (handler.xa.recorder == recorder || isWrapped(handler.target, recorder));
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(RecordedXa.class.getClassLoader(), new Class<?>[] {type}, handler));
  }

  private record SourceHandler(RecordedXa xa, XADataSource target) implements InvocationHandler {
    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
        throws Throwable {
      Object result = RecordedJdbc.call(proxy, target, method, arguments);
      return result instanceof XAConnection connection
          ? RecordedXa.proxy(XAConnection.class, new ConnectionHandler(xa, connection))
          : result;
    }
  }

  private record ConnectionHandler(RecordedXa xa, XAConnection target)
      implements InvocationHandler {
    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
        throws Throwable {
      Object result = RecordedJdbc.call(proxy, target, method, arguments);
      return result instanceof XAResource resource
          ? RecordedXa.proxy(XAResource.class, new ResourceHandler(xa, resource))
          : result;
    }
  }

  /** One branch at a time. */
  private static final class ResourceHandler implements InvocationHandler {

    private final RecordedXa xa;
    private final XAResource target;
    private volatile @Nullable Recording recording;
    private volatile @Nullable OfSession session;

    ResourceHandler(RecordedXa xa, XAResource target) {
      this.xa = xa;
      this.target = target;
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
        throws Throwable {
      Mark.Kind kind = kind(method.getName());
      if (kind == null || arguments == null) {
        return RecordedJdbc.call(proxy, target, method, withoutProxies(arguments));
      }
      if (kind == Mark.Kind.XA_START) {
        OfSession wanting = xa.recorder.acquiringSession();
        session = wanting;
        recording = wanting == null ? xa.recorder.current() : wanting.recording;
      }
      long start = System.nanoTime();
      Throwable thrown = null;
      try {
        return method.invoke(target, arguments);
      } catch (InvocationTargetException e) {
        thrown = e.getCause();
        throw e.getCause();
      } finally {
        record(kind, start, arguments, thrown);
      }
    }

    private void record(
        Mark.Kind kind, long start, Object[] arguments, @Nullable Throwable thrown) {
      try {
        Recording of = recording;
        OfSession in = session;
        boolean onePhase =
            kind == Mark.Kind.XA_COMMIT
                && arguments.length > 1
                && Boolean.TRUE.equals(arguments[1]);
        (of == null ? xa.recorder.current() : of)
            .branch(
                kind,
                xa.engine,
                in == null ? 0 : in.number,
                start,
                System.nanoTime(),
                name(arguments[0]) + (onePhase ? " in one phase" : ""),
                thrown == null ? null : Failures.ofBranch(thrown));
        if (kind == Mark.Kind.XA_COMMIT || kind == Mark.Kind.XA_ROLLBACK) {
          recording = null;
          session = null;
        }
      } catch (RuntimeException | Error e) {
        xa.recorder.captureFailed(e);
      }
    }

    private static String name(@Nullable Object xid) {
      return xid instanceof Xid branch
          ? HexFormat.of().formatHex(branch.getGlobalTransactionId())
              + ":"
              + HexFormat.of().formatHex(branch.getBranchQualifier())
          : "";
    }

    /** {@code isSameRM} compares with another resource, which drivers want to see as their own. */
    private static Object @Nullable [] withoutProxies(Object @Nullable [] arguments) {
      if (arguments == null
          || arguments.length != 1
          || arguments[0] == null
          || !Proxy.isProxyClass(arguments[0].getClass())) {
        return arguments;
      }
      return Proxy.getInvocationHandler(arguments[0]) instanceof ResourceHandler other
          ? new Object[] {other.target}
          : arguments;
    }

    private static Mark.@Nullable Kind kind(String method) {
      return switch (method) {
        case "start" -> Mark.Kind.XA_START;
        case "end" -> Mark.Kind.XA_END;
        case "prepare" -> Mark.Kind.XA_PREPARE;
        case "commit" -> Mark.Kind.XA_COMMIT;
        case "rollback" -> Mark.Kind.XA_ROLLBACK;
        default -> null;
      };
    }
  }
}
