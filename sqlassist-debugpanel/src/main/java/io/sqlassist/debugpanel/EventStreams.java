package io.sqlassist.debugpanel;

import io.javalin.http.Context;
import io.javalin.http.sse.SseClient;
import io.javalin.http.sse.SseHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The pages that listen. One thread writes to all of them; it exists only while there are any. */
final class EventStreams {

  static final int MOST = 8;
  private static final int HEARTBEAT_SECONDS = 15;

  /** For the worker's turn, which comes late on a busy machine and where a page does not read. */
  private static final int TURN_SECONDS = 5;

  /** What pages listen to. */
  enum Topic {
    /** Requests, as they are finished. */
    REQUESTS,
    /** Figures of the pools, each second. */
    POOLS
  }

  /**
   * An event.
   *
   * @param name its name
   * @param number its number; 0 for one that is not numbered
   * @param json its data, ASCII only
   */
  record Event(String name, long number, String json) {}

  private final Supplier<Event> pools;
  private final Set<Stream> streams = ConcurrentHashMap.newKeySet();
  private @Nullable ScheduledExecutorService worker; // guarded by this

  EventStreams(Supplier<Event> pools) {
    this.pools = pools;
  }

  private static final class Stream {
    private final Topic topic;
    private long seen; // used by the worker only
    private @Nullable SseClient client; // guarded by this
    private boolean over; // guarded by this

    Stream(Topic topic, long seen) {
      this.topic = topic;
      this.seen = seen;
    }

    /** Its page is there. False if the stream was ended before: the page sees it open earlier. */
    synchronized boolean begin(SseClient page) {
      client = page;
      return !over;
    }

    void end() {
      SseClient page;
      synchronized (this) {
        over = true;
        page = client;
      }
      if (page != null) {
        page.close();
      }
    }

    private synchronized @Nullable SseClient client() {
      return client;
    }

    void send(Event event) {
      SseClient to = client();
      if (to == null || to.terminated() || (event.number > 0 && event.number <= seen)) {
        return;
      }
      if (event.number > 0) {
        seen = event.number;
        to.sendEvent(event.name, event.json, String.valueOf(event.number));
      } else {
        to.sendEvent(event.name, event.json, null);
      }
    }

    void beat() {
      SseClient to = client();
      if (to != null && !to.terminated()) {
        to.sendComment("still here");
      }
    }
  }

  /** How many pages listen. */
  int size() {
    return streams.size();
  }

  /**
   * Opens a stream.
   *
   * @param after number of the last event that the page has seen
   * @param missed what was numbered since, oldest first
   * @return false if there are too many already
   */
  boolean open(Context ctx, Topic topic, long after, Supplier<List<Event>> missed) {
    Stream stream = new Stream(topic, after);
    if (!reserve(stream)) {
      return false;
    }
    new SseHandler(
            0,
            client -> {
              client.onClose(() -> release(stream));
              client.keepAlive();
              if (!stream.begin(client)) {
                client.close();
                return;
              }
              execute(
                  () -> {
                    stream.beat();
                    missed.get().forEach(stream::send);
                    if (topic == Topic.POOLS) {
                      stream.send(pools.get());
                    }
                  });
            })
        .handle(ctx);
    return true;
  }

  private boolean reserve(Stream stream) {
    if (streams.size() >= MOST) {
      noticeClosedPages();
    }
    synchronized (this) {
      if (streams.size() >= MOST) {
        return false;
      }
      streams.add(stream);
      if (worker == null) {
        worker = startWorker();
      }
      return true;
    }
  }

  /** A page that was closed is noticed when something is written to it, the second time at last. */
  private void noticeClosedPages() {
    for (int i = 0; i < 2; i++) {
      CountDownLatch done = new CountDownLatch(1);
      execute(
          () -> {
            try {
              streams.forEach(Stream::beat);
            } finally {
              done.countDown();
            }
          });
      try {
        if (!done.await(TURN_SECONDS, TimeUnit.SECONDS)) {
          return;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private ScheduledExecutorService startWorker() {
    ScheduledThreadPoolExecutor executor =
        new ScheduledThreadPoolExecutor(
            1,
            work -> {
              Thread thread = new Thread(work, "sqlassist-panel-events");
              thread.setDaemon(true);
              return thread;
            });
    executor.setRemoveOnCancelPolicy(true);
    every(HEARTBEAT_SECONDS, () -> streams.forEach(Stream::beat), executor);
    every(1, this::sendPools, executor);
    return executor;
  }

  @SuppressWarnings("FutureReturnValueIgnored") // ends with the executor
  private static void every(int seconds, Runnable work, ScheduledExecutorService executor) {
    executor.scheduleAtFixedRate(
        () -> PanelStages.safely(work), seconds, seconds, TimeUnit.SECONDS);
  }

  private void sendPools() {
    if (streams.stream().anyMatch(each -> each.topic == Topic.POOLS)) {
      publish(Topic.POOLS, pools.get());
    }
  }

  private void publish(Topic topic, Event event) {
    for (Stream stream : streams) {
      if (stream.topic == topic) {
        stream.send(event);
      }
    }
  }

  /**
   * Tells all pages of a topic, on the thread of the streams; makes the event only for somebody.
   */
  void tell(Topic topic, Supplier<Event> event) {
    if (!streams.isEmpty()) {
      execute(() -> publish(topic, event.get()));
    }
  }

  private synchronized void execute(Runnable work) {
    if (worker != null) {
      worker.execute(() -> PanelStages.safely(work));
    }
  }

  private synchronized void release(Stream stream) {
    streams.remove(stream);
    if (streams.isEmpty() && worker != null) {
      worker.shutdown();
      worker = null;
    }
  }

  /** Ends all streams. Pages come again by themselves. */
  void close() {
    for (Stream stream : new ArrayList<>(streams)) {
      stream.end();
      release(stream);
    }
  }
}
