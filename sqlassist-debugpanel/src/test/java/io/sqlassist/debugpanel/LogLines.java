package io.sqlassist.debugpanel;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.slf4j.LoggerFactory;

/** What the library logs, everything, until it is closed. */
public final class LogLines implements AutoCloseable {

  private final Logger logger = (Logger) LoggerFactory.getLogger("io.sqlassist");
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  public LogLines() {
    lines.start();
    logger.setLevel(Level.TRACE);
    logger.addAppender(lines);
  }

  /** So far. */
  public List<ILoggingEvent> all() {
    synchronized (lines) { // as its appender does, on whatever thread
      return List.copyOf(lines.list);
    }
  }

  /** The lines that a class has logged. */
  public List<ILoggingEvent> of(Class<?> type) {
    return all().stream().filter(each -> each.getLoggerName().equals(type.getName())).toList();
  }

  @Override
  public void close() {
    logger.detachAppender(lines);
    logger.setLevel(null);
  }
}
