package io.sqlassist.events;

import io.sqlassist.engine.ConnectionListener;
import io.sqlassist.engine.ConnectionRejectedException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** Writes down what it is told. Lets a test do something at each event, or fail. */
class RecordingListener implements ConnectionListener {

  interface Action {
    void on(Connection connection) throws SQLException;
  }

  static final Action NOTHING = connection -> {};

  private final String name;
  private final List<String> events;
  volatile Action onConnected = NOTHING;
  volatile Action onAcquired = NOTHING;
  volatile Action onReleased = NOTHING;

  RecordingListener() {
    this("", new CopyOnWriteArrayList<>());
  }

  RecordingListener(String name, List<String> events) {
    this.name = name;
    this.events = events;
  }

  List<String> events() {
    return List.copyOf(events);
  }

  long count(String event) {
    return events.stream().filter(event::equals).count();
  }

  void forget() {
    events.clear();
  }

  private void add(String event) {
    events.add((name + " " + event).strip());
  }

  @Override
  public void connected(String engine, Connection connection) throws SQLException {
    add("connected " + engine);
    onConnected.on(connection);
  }

  @Override
  public void acquired(
      String engine, Connection connection, Function<String, Optional<Object>> attributes)
      throws SQLException {
    add("acquired " + engine + attributes.apply("request").map(r -> " for " + r).orElse(""));
    onAcquired.on(connection);
  }

  @Override
  public void released(String engine, Connection connection) throws SQLException {
    add(connection == null ? "released " + engine + " broken" : "released " + engine);
    if (connection != null) {
      onReleased.on(connection);
    }
  }

  @Override
  public void rejected(String engine, ConnectionRejectedException reason) {
    add("rejected " + engine + ": " + reason.getMessage());
  }
}
