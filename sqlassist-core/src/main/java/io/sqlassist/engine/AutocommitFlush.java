package io.sqlassist.engine;

import org.hibernate.FlushMode;
import org.hibernate.event.service.spi.EventListenerRegistry;
import org.hibernate.event.spi.DeleteContext;
import org.hibernate.event.spi.DeleteEvent;
import org.hibernate.event.spi.DeleteEventListener;
import org.hibernate.event.spi.EventSource;
import org.hibernate.event.spi.EventType;
import org.hibernate.event.spi.MergeContext;
import org.hibernate.event.spi.MergeEvent;
import org.hibernate.event.spi.MergeEventListener;
import org.hibernate.event.spi.PersistContext;
import org.hibernate.event.spi.PersistEvent;
import org.hibernate.event.spi.PersistEventListener;

/**
 * Flushes after persist, merge and remove on an autocommit engine. Hibernate flushes before a query
 * only inside a transaction, so without it a line would be neither durable nor visible to a query
 * before the end of the unit of work.
 */
final class AutocommitFlush
    implements PersistEventListener, MergeEventListener, DeleteEventListener {

  private static final long serialVersionUID = 1L;

  void listenTo(EventListenerRegistry events) {
    events.appendListeners(EventType.PERSIST, this);
    events.appendListeners(EventType.MERGE, this);
    events.appendListeners(EventType.DELETE, this);
  }

  @Override
  public void onPersist(PersistEvent event) {
    flush(event.getSession());
  }

  @Override
  public void onPersist(PersistEvent event, PersistContext createdAlready) {
    // part of a cascade, which ends in the method above
  }

  @Override
  public void onMerge(MergeEvent event) {
    flush(event.getSession());
  }

  @Override
  public void onMerge(MergeEvent event, MergeContext copiedAlready) {
    // part of a cascade, which ends in the method above
  }

  @Override
  public void onDelete(DeleteEvent event) {
    if (!event.isCascadeDeleteEnabled()) {
      flush(event.getSession());
    }
  }

  @Override
  public void onDelete(DeleteEvent event, DeleteContext transientEntities) {
    // part of a cascade, which ends in the method above
  }

  private static void flush(EventSource session) {
    if (session.getHibernateFlushMode() != FlushMode.MANUAL
        && session.getPersistenceContextInternal().getCascadeLevel() == 0) {
      try {
        session.flush();
      } catch (RuntimeException | Error e) {
        session.clear(); // or every later flush would try the refused line again
        throw e;
      }
    }
  }
}
