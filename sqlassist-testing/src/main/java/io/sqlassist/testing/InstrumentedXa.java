package io.sqlassist.testing;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import javax.sql.XAConnection;
import javax.sql.XADataSource;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a transaction manager and the branches of an engine, and lets them refuse to
 * commit. What a branch has prepared it can't refuse any more: so it does when it is asked to
 * prepare, or to commit in one phase.
 *
 * <p>Thread-safe as far as what is wrapped is.
 */
final class InstrumentedXa {

  private final Instruments instruments;
  private final String engine;

  private InstrumentedXa(Instruments instruments, String engine) {
    this.instruments = instruments;
    this.engine = engine;
  }

  static XADataSource wrap(Instruments instruments, String engine, XADataSource source) {
    InstrumentedXa xa = new InstrumentedXa(instruments, engine);
    return proxy(
        XADataSource.class,
        source,
        (method, arguments) -> {
          Object result = pass(source, method, arguments);
          return result instanceof XAConnection connection ? xa.connection(connection) : result;
        });
  }

  private XAConnection connection(XAConnection connection) {
    return proxy(
        XAConnection.class,
        connection,
        (method, arguments) -> {
          Object result = pass(connection, method, arguments);
          return result instanceof XAResource resource
              ? proxy(
                  XAResource.class,
                  resource,
                  (call, given) -> {
                    refuseIfWanted(resource, call.getName(), given);
                    return pass(resource, call, given);
                  })
              : result;
        });
  }

  private void refuseIfWanted(XAResource resource, String call, Object[] arguments)
      throws XAException {
    boolean decides =
        call.equals("prepare") || (call.equals("commit") && Boolean.TRUE.equals(arguments[1]));
    Fault fault = decides ? instruments.faults().committing(engine) : null;
    if (fault == null) {
      return;
    }
    resource.rollback((Xid) arguments[0]); // as a database that refuses does
    SQLException cause = fault.failure(engine);
    XAException refusal = new XAException(cause.getMessage());
    refusal.errorCode = XAException.XA_RBROLLBACK;
    refusal.initCause(cause);
    throw refusal;
  }

  @FunctionalInterface
  private interface Call {
    @Nullable Object to(Method method, Object[] arguments) throws Throwable;
  }

  /** What is wrapped, so that the wrapper can be taken off. */
  private record Handler(Object target, Call call) implements InvocationHandler {
    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] given)
        throws Throwable {
      Object[] arguments = given == null ? new Object[0] : given;
      return switch (method.getName()) {
        case "equals" -> proxy == arguments[0];
        case "hashCode" -> System.identityHashCode(proxy);
        case "toString" -> "instrumented " + target;
        // Drivers compare with what is their own.
        case "isSameRM" -> pass(target, method, new Object[] {bare(arguments[0])});
        default -> call.to(method, arguments);
      };
    }

    private static Object bare(Object resource) {
      return Proxy.isProxyClass(resource.getClass())
              && Proxy.getInvocationHandler(resource) instanceof Handler handler
          ? handler.target()
          : resource;
    }
  }

  private static <T> T proxy(Class<T> type, T target, Call call) {
    return type.cast(
        Proxy.newProxyInstance(
            InstrumentedXa.class.getClassLoader(),
            new Class<?>[] {type},
            new Handler(target, call)));
  }

  private static @Nullable Object pass(Object target, Method method, Object[] arguments)
      throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
