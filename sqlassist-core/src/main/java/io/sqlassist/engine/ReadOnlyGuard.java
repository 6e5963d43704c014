package io.sqlassist.engine;

import io.sqlassist.transaction.CommitReport;
import io.sqlassist.transaction.TransactionPolicy;
import io.sqlassist.transaction.UnitTransaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.hibernate.Session;
import org.hibernate.engine.spi.EntityEntry;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.event.service.spi.EventListenerRegistry;
import org.hibernate.event.spi.DeleteContext;
import org.hibernate.event.spi.DeleteEvent;
import org.hibernate.event.spi.DeleteEventListener;
import org.hibernate.event.spi.EventType;
import org.hibernate.event.spi.MergeContext;
import org.hibernate.event.spi.MergeEvent;
import org.hibernate.event.spi.MergeEventListener;
import org.hibernate.event.spi.PersistContext;
import org.hibernate.event.spi.PersistEvent;
import org.hibernate.event.spi.PersistEventListener;
import org.hibernate.resource.jdbc.spi.StatementInspector;
import org.jspecify.annotations.Nullable;

/**
 * Refuses every write through a read-only engine, before it reaches the database: persist, merge
 * and remove when they are called, statements when they are prepared, changed entities when the
 * unit of work ends.
 *
 * <p>Hibernate's own read-only session is not used: it ignores a changed entity silently.
 */
final class ReadOnlyGuard
    implements StatementInspector,
        PersistEventListener,
        MergeEventListener,
        DeleteEventListener,
        TransactionPolicy {

  private static final long serialVersionUID = 1L;
  private static final int MAX_JUDGED = 2_000;
  private static final String READS = "";

  private final String engine;
  private final transient @Nullable StatementInspector inner;
  private final transient Map<String, String> judged = new ConcurrentHashMap<>();

  ReadOnlyGuard(String engine, @Nullable StatementInspector inner) {
    this.engine = engine;
    this.inner = inner;
  }

  void listenTo(EventListenerRegistry events) {
    events.prependListeners(EventType.PERSIST, this);
    events.prependListeners(EventType.MERGE, this);
    events.prependListeners(EventType.DELETE, this);
  }

  @Override
  public String inspect(String sql) {
    String statement = sql;
    if (inner != null) {
      String replaced = inner.inspect(sql);
      statement = replaced == null ? sql : replaced;
    }
    String write = judged.get(statement);
    if (write == null) {
      String found = SqlReading.firstWrite(statement);
      write = found == null ? READS : found;
      if (judged.size() < MAX_JUDGED) {
        judged.put(statement, write);
      }
    }
    if (!write.isEmpty()) {
      throw new ReadOnlyEngineException(engine, "the statement (" + write + ")");
    }
    return statement;
  }

  @Override
  public void onPersist(PersistEvent event) {
    throw refusal("persist", event.getObject());
  }

  @Override
  public void onPersist(PersistEvent event, PersistContext createdAlready) {
    throw refusal("persist", event.getObject());
  }

  @Override
  public void onMerge(MergeEvent event) {
    throw refusal("merge", event.getOriginal());
  }

  @Override
  public void onMerge(MergeEvent event, MergeContext copiedAlready) {
    throw refusal("merge", event.getOriginal());
  }

  @Override
  public void onDelete(DeleteEvent event) {
    throw refusal("remove", event.getObject());
  }

  @Override
  public void onDelete(DeleteEvent event, DeleteContext transientEntities) {
    throw refusal("remove", event.getObject());
  }

  private ReadOnlyEngineException refusal(String operation, @Nullable Object entity) {
    return new ReadOnlyEngineException(
        engine, operation + " of " + (entity == null ? "null" : entity.getClass().getName()));
  }

  @Override
  public UnitTransaction begin() {
    return new Reading();
  }

  /** No transaction: nothing to commit, but a changed entity must not be lost silently. */
  private final class Reading implements UnitTransaction {

    /** The only one: this policy is one engine's, which has one session in a unit of work. */
    private @Nullable Session session;

    @Override
    public void join(String name, Session joining) {
      session = joining;
    }

    @Override
    public List<String> engines() {
      return List.of();
    }

    @Override
    public void flush() {
      Session reading = session;
      if (reading != null && reading.isOpen() && reading.isDirty()) {
        throw new ReadOnlyEngineException(engine, "the change of " + changedEntity(reading));
      }
    }

    @Override
    public CommitReport commit() {
      return CommitReport.EMPTY;
    }

    @Override
    public void rollback() {
      // Reading leaves nothing to undo.
    }
  }

  private static String changedEntity(Session session) {
    SharedSessionContractImplementor implementor =
        session.unwrap(SharedSessionContractImplementor.class);
    for (Map.Entry<Object, EntityEntry> managed :
        implementor.getPersistenceContextInternal().reentrantSafeEntityEntries()) {
      Object entity = managed.getKey();
      EntityEntry entry = managed.getValue();
      Object[] loaded = entry.getLoadedState();
      int[] changed =
          loaded == null
              ? null
              : entry
                  .getPersister()
                  .findDirty(entry.getPersister().getValues(entity), loaded, entity, implementor);
      if (changed != null) {
        String[] names = entry.getPersister().getPropertyNames();
        List<String> attributes = new ArrayList<>();
        for (int index : changed) {
          attributes.add(names[index]);
        }
        return entry.getEntityName() + "#" + entry.getId() + " " + attributes;
      }
    }
    return "a collection of a managed entity";
  }
}
