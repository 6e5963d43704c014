package io.sqlassist.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.ConnectionListener;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.engine.TenantResolver;
import io.sqlassist.observe.Observer;
import io.sqlassist.observe.UnitInfo;
import io.sqlassist.observe.UnitObserver;
import io.sqlassist.schema.Migration;
import io.sqlassist.shard.ShardChooser;
import io.sqlassist.transaction.CommitReport;
import io.sqlassist.transaction.TransactionPolicy;
import io.sqlassist.transaction.UnitHooks;
import io.sqlassist.transaction.UnitTransaction;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import javax.sql.DataSource;
import org.hibernate.Session;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;
import shop.Author;

/** Implementations that break a promise fail the contract, each at that promise. */
class BrokenImplementationsTest {

  private static Set<String> failures(Class<?> contract) {
    return EngineTestKit.engine("junit-jupiter")
        .selectors(selectClass(contract))
        .execute()
        .testEvents()
        .failed()
        .map(Event::getTestDescriptor)
        .map(test -> test.getDisplayName().replaceAll("\\(.*", ""))
        .collect(java.util.stream.Collectors.toSet());
  }

  /** Has one transaction for all units. */
  static class SharesATransaction extends PolicyOnH2Contract {
    private final UnitTransaction shared = TransactionPolicy.local().begin();
    private final TransactionPolicy policy = () -> shared;

    @BeforeAll
    static void start() {
      store = new Store(engine -> {});
    }

    @Override
    protected TransactionPolicy policy() {
      return policy;
    }

    @Override
    protected boolean hasTransactions() {
      return true;
    }
  }

  @Test
  void aPolicyWhoseUnitsShareATransactionFails() {
    assertThat(failures(SharesATransaction.class))
        .contains("eachTransactionIsANewOne", "oneTransactionsEndIsNotAnothers")
        .doesNotContain("joiningAcquiresNoConnection");
  }

  static class ThrowingObserver extends ObserverContract {
    @Override
    protected Observer observer() {
      return new Observer() {
        @Override
        public UnitObserver unitStarted(UnitInfo unit) {
          return new UnitObserver() {
            @Override
            public void committed(CommitReport report) {
              throw new IllegalStateException("on purpose");
            }
          };
        }
      };
    }

    @Override
    protected void initialize(EngineRegistry registry) {
      OnH2.initialize(registry);
    }

    @Override
    protected Object entity(String text) {
      return new Author(text);
    }
  }

  @Test
  void anObserverThatThrowsFailsThoughTheApplicationDoesNotNotice() {
    assertThat(failures(ThrowingObserver.class))
        .containsExactlyInAnyOrder(
            "everyCourseOfAUnitIsStoodAndEndsAsItDoesUnobserved",
            "severalUnitsAtOnceAreStood",
            "anEngineThatStopsAndOneThatComesAgainAreStood");
  }

  static class LateHooks extends UnitHooksContract {
    @Override
    protected UnitHooks hooks() {
      return new UnitHooks() {
        @Override
        public void onClose() {
          throw new IllegalStateException("on purpose");
        }
      };
    }

    @Override
    protected void initialize(EngineRegistry registry) {
      OnH2.initialize(registry);
    }

    @Override
    protected Object entity(String text) {
      return new Author(text);
    }
  }

  static class RefusingHooks extends LateHooks {
    @Override
    protected UnitHooks hooks() {
      return new UnitHooks() {
        @Override
        public void beforeOpening(String engine) {
          throw new IllegalStateException("on purpose");
        }
      };
    }
  }

  static class GoodHooks extends LateHooks {
    @Override
    protected UnitHooks hooks() {
      return new UnitHooks() {
        @Override
        public void beforeOpening(String engine) {
          assertThat(engine).isEqualTo("writer");
        }

        @Override
        public void beforeCommit(Map<String, Session> sessions) {
          sessions.values().forEach(Session::isDirty);
        }
      };
    }
  }

  @Test
  void hooksThatThrowAfterTheEndFail() {
    assertThat(failures(LateHooks.class)).hasSize(3);
    assertThat(failures(GoodHooks.class)).isEmpty();
  }

  @Test
  void hooksThatLetNoSessionBeOpenedFail() {
    assertThat(failures(RefusingHooks.class))
        .containsExactlyInAnyOrder("everyCourseOfAUnitIsStood", "severalUnitsAtOnceAreStood");
  }

  static class ClosingListener extends ConnectionListenerContract {
    private final DataSource dataSource = DatabaseKind.H2.fresh().dataSource();

    @Override
    protected ConnectionListener listener() {
      return new ConnectionListener() {
        @Override
        public void released(String engine, Connection connection) throws SQLException {
          connection.close();
        }
      };
    }

    @Override
    protected DataSource dataSource() {
      return dataSource;
    }
  }

  /** As in the guide, sets something for the transaction. */
  static class GoodListener extends ClosingListener {
    @Override
    protected ConnectionListener listener() {
      return new ConnectionListener() {
        @Override
        public void acquired(
            String engine, Connection connection, Function<String, Optional<Object>> attributes)
            throws SQLException {
          try (Statement statement = connection.createStatement()) {
            statement.execute("set @tenant = '" + attributes.apply("tenant").orElse("") + "'");
          }
        }
      };
    }
  }

  @Test
  void aListenerThatClosesConnectionsOrDoesNotBearALostOneFails() {
    assertThat(failures(ClosingListener.class))
        .contains(
            "aConnectionInATransactionStaysOpenAndInItsMode", "aConnectionThatWasLostIsBorne");
    assertThat(failures(GoodListener.class)).isEmpty();
  }

  static class GoodTenants extends TenantResolverContract {
    @Override
    protected TenantResolver resolver() {
      return attributes -> attributes.apply("tenant").map(Object::toString).orElse(null);
    }

    @Override
    protected List<String> tenants() {
      return List.of("north", "south");
    }

    @Override
    protected Function<String, Optional<Object>> attributesOf(String tenant) {
      return name -> name.equals("tenant") ? Optional.of(tenant) : Optional.empty();
    }
  }

  static class RememberingTenants extends GoodTenants {
    @Override
    protected TenantResolver resolver() {
      ThreadLocal<String> last = new ThreadLocal<>();
      return attributes -> {
        attributes.apply("tenant").ifPresent(tenant -> last.set(tenant.toString()));
        return last.get();
      };
    }
  }

  @Test
  void aResolverThatRemembersTheTenantBeforeFails() {
    assertThat(failures(RememberingTenants.class))
        .containsExactly("aTenantDoesNotStayOnTheThreadOfTheUnitBefore");
    assertThat(failures(GoodTenants.class)).isEmpty();
  }

  static class GoodChooser extends ShardChooserContract {
    @Override
    protected ShardChooser chooser() {
      return key -> "shard" + Math.floorMod(key.hashCode(), 2);
    }

    @Override
    protected Set<String> shards() {
      return Set.of("shard0", "shard1");
    }

    @Override
    protected List<?> keys() {
      return List.of("Berlin", "Oslo", "Rome", 1L, 2L);
    }

    @Override
    protected Map<Object, String> known() {
      return Map.of(1L, "shard1");
    }
  }

  static class ForgetfulChooser extends GoodChooser {
    private static int starts;

    @Override
    protected ShardChooser chooser() {
      int salt = starts++;
      return key -> "shard" + Math.floorMod(key.hashCode() + salt, 2);
    }
  }

  static class ChooserOfNone extends GoodChooser {
    @Override
    protected ShardChooser chooser() {
      return key -> "shard" + Math.floorMod(key.hashCode(), 3);
    }
  }

  @Test
  void aChooserThatChoosesAnewAfterARestartFails() {
    assertThat(failures(ForgetfulChooser.class))
        .contains("aKeyIsOnTheSameShardAfterARestart")
        .doesNotContain("theSameKeyIsAlwaysOnTheSameShard");
    assertThat(failures(ChooserOfNone.class)).containsExactly("eachKeyIsOnAShardThatExists");
    assertThat(failures(GoodChooser.class)).isEmpty();
  }

  static class Repeating extends MigrationContract {
    @Override
    protected Migration migration() {
      return database -> run(database, "create table book (id int)");
    }

    static void run(DataSource database, String sql) throws SQLException {
      try (Connection connection = database.getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute(sql);
      }
    }

    @Override
    protected DataSource emptyDatabase() {
      return DatabaseKind.H2.fresh().dataSource();
    }
  }

  static class Careful extends Repeating {
    @Override
    protected Migration migration() {
      return database -> run(database, "create table if not exists book (id int)");
    }
  }

  @Test
  void aMigrationThatDoesNotStandTheSecondStartFails() {
    assertThat(failures(Repeating.class)).containsExactly("theSecondStartChangesNothing");
    assertThat(failures(Careful.class)).isEmpty();
  }
}
