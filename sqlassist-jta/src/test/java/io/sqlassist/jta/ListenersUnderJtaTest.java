package io.sqlassist.jta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.engine.ConnectionListener;
import io.sqlassist.jta.fixture.Entry;
import io.sqlassist.jta.fixture.Faulty;
import io.sqlassist.jta.fixture.JtaShop;
import io.sqlassist.jta.fixture.ThisNode;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.transaction.PartialCommitException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import javax.transaction.xa.XAException;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Listeners take back at the end of a JTA transaction what they have set at its beginning. */
class ListenersUnderJtaTest {

  /** Sets a variable of the session, which no transaction brings back. */
  private static final class Tenants implements ConnectionListener {

    private final List<String> events = new CopyOnWriteArrayList<>();
    private volatile boolean fails;

    @Override
    public void connected(String engine, Connection connection) {
      events.add("connected");
    }

    @Override
    public void acquired(
        String engine, Connection connection, Function<String, Optional<Object>> attributes)
        throws SQLException {
      events.add("acquired with " + ask(connection, "select @tenant"));
      tell(connection, "set @tenant = 'acme'");
    }

    @Override
    public void released(String engine, Connection connection) throws SQLException {
      events.add(connection == null ? "lost" : "released");
      if (fails) {
        throw new SQLException("can't be taken back");
      }
      if (connection != null) {
        tell(connection, "set @tenant = null");
      }
    }
  }

  private static final Tenants TENANTS = new Tenants();
  private static JtaShop shop;

  @BeforeAll
  static void start() {
    shop = new JtaShop(ThisNode.emptyStore());
    shop.add("orders", 1, config -> config.entities(Entry.class).connections(TENANTS));
    shop.add("ledger", 1);
  }

  @AfterAll
  static void stop() {
    shop.close();
  }

  @BeforeEach
  void forget() {
    shop.reset();
    useOrders(db -> {}); // so that the connection is known
    TENANTS.fails = false;
    TENANTS.events.clear();
    shop.warnings().clear();
  }

  private interface Work {
    void in(DbSessionsContainer db);
  }

  private static void useOrders(Work more) {
    shop.useUnit(
        db -> {
          count(db.session("orders"));
          more.in(db);
        });
  }

  private static long count(Session session) {
    return session.createSelectionQuery("select count(*) from Entry", Long.class).getSingleResult();
  }

  private static String ask(Connection connection, String question) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(question)) {
      row.next();
      return row.getString(1);
    }
  }

  private static void tell(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String sessionId(DbSessionsContainer db) {
    return db.session("orders")
        .createNativeQuery("select session_id()", Integer.class)
        .getSingleResult()
        .toString();
  }

  private static void assertNextFindsNothing(String... events) {
    useOrders(db -> {});

    assertThat(TENANTS.events).startsWith(events);
    assertThat(TENANTS.events.subList(events.length, TENANTS.events.size()))
        .containsExactly("acquired with null", "released");
    assertThat(shop.warnings()).isEmpty();
  }

  @Test
  void whatWasSetIsTakenBackAfterACommitInOnePhase() {
    useOrders(db -> db.session("orders").persist(new Entry(1, "one")));

    assertThat(shop.texts("orders")).containsExactly("one");
    assertNextFindsNothing("acquired with null", "released");
  }

  @Test
  void whatWasSetIsTakenBackAfterACommitInTwoPhases() {
    useOrders(
        db -> {
          db.session("orders").persist(new Entry(1, "one"));
          db.session("ledger").persist(new Entry(1, "one"));
        });

    assertThat(shop.texts("orders")).containsExactly("one");
    assertThat(shop.texts("ledger")).containsExactly("one");
    assertNextFindsNothing("acquired with null", "released");
  }

  @Test
  void whatWasSetIsTakenBackAfterARollback() {
    assertThatThrownBy(
            () ->
                useOrders(
                    db -> {
                      db.session("orders").persist(new Entry(1, "one"));
                      db.session("orders").flush();
                      throw new IllegalStateException("no");
                    }))
        .hasMessage("no");

    assertThat(shop.texts("orders")).isEmpty();
    assertNextFindsNothing("acquired with null", "released");
  }

  @Test
  void whatWasSetIsTakenBackWhenTheOtherEngineRefusesToCommit() {
    shop.faults("ledger").before(Faulty.failing("prepare", XAException.XA_RBINTEGRITY));
    assertThatThrownBy(
            () ->
                useOrders(
                    db -> {
                      db.session("orders").persist(new Entry(1, "one"));
                      db.session("ledger").persist(new Entry(1, "one"));
                    }))
        .isNotNull();

    shop.faults("ledger").clear();
    assertThat(shop.texts("orders")).isEmpty();
    assertNextFindsNothing("acquired with null", "released");
  }

  @Test
  void whatWasSetIsTakenBackByASessionOutsideOfUnits() {
    try (Session session = shop.registry().engine("orders").openSession()) {
      count(session);
    }

    assertNextFindsNothing("acquired with null", "released");
  }

  @Test
  void listenerIsToldWhenAConnectionIsLost() {
    shop.faults("orders").before(Faulty.failing("commit(onePhase)", XAException.XAER_RMFAIL));
    assertThatThrownBy(() -> useOrders(db -> db.session("orders").persist(new Entry(1, "one"))))
        .isInstanceOf(PartialCommitException.class);

    shop.faults("orders").clear();
    assertThat(TENANTS.events).containsExactly("acquired with null", "lost");
    useOrders(db -> {});
    assertThat(TENANTS.events).contains("connected").doesNotContain("acquired with acme");
  }

  @Test
  void connectionThatCanNotBeAskedAfterItsTransactionIsLostAndNobodysAgain() {
    Faulty orders = shop.faults("orders");
    orders.after(
        step -> {
          if (step.equals("commit(onePhase)")) {
            orders.failToUnwrap(new SQLException("broken"));
          }
        });
    useOrders(db -> db.session("orders").persist(new Entry(1, "one")));

    orders.clear();
    assertThat(TENANTS.events).containsExactly("acquired with null", "lost");
    assertThat(shop.warnings()).singleElement().asString().contains("broken");
    TENANTS.events.clear();
    useOrders(db -> assertThat(count(db.session("orders"))).isEqualTo(1));
    assertThat(TENANTS.events).containsExactly("connected", "acquired with null", "released");
  }

  @Test
  void connectionThatCouldNotBeCleanedIsNobodysAgain() {
    String[] before = new String[1];
    TENANTS.fails = true;
    useOrders(
        db -> {
          before[0] = sessionId(db);
          db.session("orders").persist(new Entry(1, "one"));
        });
    TENANTS.fails = false;

    assertThat(shop.texts("orders")).as("the outcome stays").containsExactly("one");
    assertThat(shop.warnings())
        .singleElement()
        .asString()
        .startsWith("orders: a connection could not be given back clean: ")
        .contains("can't be taken back");
    TENANTS.events.clear();
    useOrders(db -> assertThat(sessionId(db)).isNotEqualTo(before[0]));
    assertThat(TENANTS.events).containsExactly("connected", "acquired with null", "released");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void connectionIsConnectedAgainUntilATransactionKeepsTheSetUp(int rollbacks) {
    TENANTS.fails = true;
    useOrders(db -> {}); // the next connection is a new one
    TENANTS.fails = false;
    TENANTS.events.clear();

    for (int i = 0; i < rollbacks; i++) {
      assertThatThrownBy(
              () ->
                  useOrders(
                      db -> {
                        throw new IllegalStateException("no");
                      }))
          .hasMessage("no");
    }
    useOrders(db -> {});
    useOrders(db -> {});

    assertThat(TENANTS.events.stream().filter("connected"::equals)).hasSize(rollbacks + 1);
    assertThat(TENANTS.events).endsWith("acquired with null", "released");
    assertThat(TENANTS.events.subList(TENANTS.events.size() - 4, TENANTS.events.size()))
        .doesNotContain("connected");
  }

  @Test
  void lastResourceIsCleanedToo() {
    shop.addLastResource("paper", config -> config.connections(TENANTS));
    TENANTS.events.clear();

    shop.useUnit(db -> db.session("paper").persist(new Entry(1, "one")));
    assertThatThrownBy(
            () ->
                shop.useUnit(
                    db -> {
                      count(db.session("paper"));
                      throw new IllegalStateException("no");
                    }))
        .hasMessage("no");
    shop.useUnit(db -> count(db.session("paper")));

    assertThat(TENANTS.events)
        .contains("released")
        .doesNotContain("lost", "acquired with acme", "connected");
    assertThat(shop.warnings()).isEmpty();
  }
}
