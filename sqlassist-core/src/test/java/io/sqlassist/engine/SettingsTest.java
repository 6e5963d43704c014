package io.sqlassist.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.fixture.Book;
import io.sqlassist.fixture.H2;
import io.sqlassist.fixture.RecordingObserver;
import io.sqlassist.session.Units;
import io.sqlassist.transaction.TransactionPolicy;
import jakarta.persistence.PersistenceUnitTransactionType;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.resource.jdbc.spi.StatementInspector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {

  private final EngineRegistry registry = EngineRegistry.create(new RecordingObserver());

  @AfterEach
  void close() {
    registry.close();
  }

  private Engine start(java.util.function.Consumer<EngineConfig> config) {
    return registry.initializeEngine("e", H2.dataSource(), config);
  }

  // settings that SqlAssist decides

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hibernate.connection.url",
        "hibernate.connection.datasource",
        "hibernate.connection.provider_class",
        "hibernate.connection.provider_disables_autocommit",
        "hibernate.connection.handling_mode",
        "hibernate.connection.autocommit",
        "hibernate.hikari.maximumPoolSize",
        "hibernate.agroal.maxSize",
        "hibernate.multi_tenant_connection_provider",
        "jakarta.persistence.jdbc.url",
        "javax.persistence.jdbc.password",
        "jakarta.persistence.jtaDataSource",
        "jakarta.persistence.nonJtaDataSource"
      })
  void settingOfConnectionsIsRefusedWithWhatToUseInstead(String key) {
    assertThatThrownBy(() -> start(c -> c.entities().property(key, "x")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + key + "'")
        .hasMessageContaining("'e'")
        .hasMessageContaining("url(...)")
        .hasMessageContaining("DataSource");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hibernate.transaction.jta.platform",
        "hibernate.transaction.coordinator_class",
        "jakarta.persistence.transactionType",
        "hibernate.jpa.compliance.transaction",
        "hibernate.allow_update_outside_transaction"
      })
  void settingOfTransactionsIsRefusedWithWhatToUseInstead(String key) {
    assertThatThrownBy(() -> start(c -> c.entities().property(key, "x")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + key + "'")
        .hasMessageContaining("readOnly(), autocommit() or policy(...)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"hibernate.connection.url", "hibernate.jpa.compliance.transaction"})
  void persistenceCanNotSetWhatPropertyMayNot(String key) {
    assertThatThrownBy(() -> start(c -> c.entities().persistence(p -> p.property(key, "false"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + key + "'");
  }

  @Test
  void persistenceCanNotMakeTheEngineJta() {
    assertThatThrownBy(
            () ->
                start(
                    c ->
                        c.entities()
                            .persistence(
                                p -> p.transactionType(PersistenceUnitTransactionType.JTA))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("policy(...)");
  }

  @Test
  void settingWithoutAValueIsRefused() {
    assertThatThrownBy(() -> start(c -> c.property("hibernate.jdbc.batch_size", null)))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("value");
  }

  // settings that pass through

  @Test
  void otherSettingsPassThrough() {
    Engine engine = start(c -> c.entities().property("hibernate.jdbc.batch_size", 17));

    assertThat(
            engine
                .sessionFactory()
                .unwrap(SessionFactoryImplementor.class)
                .getSessionFactoryOptions()
                .getJdbcBatchSize())
        .isEqualTo(17);
    assertThat(engine.options().properties()).containsEntry("hibernate.jdbc.batch_size", 17);
  }

  @Test
  void persistenceConfiguresHibernateDirectly() {
    Engine engine =
        start(
            c ->
                c.entities()
                    .property("hibernate.jdbc.batch_size", 17)
                    .persistence(p -> p.managedClass(Book.class))
                    .persistence(p -> p.property("hibernate.jdbc.batch_size", 18)));

    assertThat(engine.sessionFactory().getMetamodel().entity(Book.class)).isNotNull();
    assertThat(engine.options().entities()).containsExactly(Book.class);
    assertThat(
            engine
                .sessionFactory()
                .unwrap(SessionFactoryImplementor.class)
                .getSessionFactoryOptions()
                .getJdbcBatchSize())
        .isEqualTo(18);
  }

  @Test
  void failureOfPersistenceReachesTheCaller() {
    assertThatThrownBy(
            () ->
                start(
                    c ->
                        c.entities()
                            .persistence(
                                p -> {
                                  throw new ArithmeticException("mine");
                                })))
        .isInstanceOf(ArithmeticException.class)
        .hasMessage("mine");
  }

  @Test
  void ownPolicyIsTheEnginesPolicy() {
    TransactionPolicy policy = TransactionPolicy.local();

    assertThat(start(c -> c.entities().policy(policy)).policy()).isSameAs(policy);
  }

  @Test
  void enginesOfTheSameNameInTwoRegistriesDoNotMeetInHibernate() {
    EngineRegistry other = EngineRegistry.create(new RecordingObserver());
    Engine one = start(EngineConfig::entities);
    Engine two = other.initializeEngine("e", H2.dataSource(), EngineConfig::entities);

    assertThat(two.sessionFactory()).isNotSameAs(one.sessionFactory());
    other.close();
    assertThat(one.sessionFactory().isOpen()).isTrue();
  }

  // statement inspectors

  private static final class Counting implements StatementInspector {
    private static final long serialVersionUID = 1L;
    private final transient List<String> seen = new CopyOnWriteArrayList<>();

    @Override
    public String inspect(String sql) {
      seen.add(sql);
      return sql.replace("select 1", "select 2");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = EngineKind.class,
      names = {"READ_WRITE", "READ_ONLY"})
  void applicationsStatementInspectorRuns(EngineKind kind) {
    Counting inspector = new Counting();
    start(
        c -> {
          c.entities().property("hibernate.session_factory.statement_inspector", inspector);
          if (kind == EngineKind.READ_ONLY) {
            c.readOnly();
          }
        });

    int result =
        Units.inUnit(
            registry,
            db -> db.session("e").createNativeQuery("select 1", Integer.class).getSingleResult());

    assertThat(inspector.seen).containsExactly("select 1");
    assertThat(result).isEqualTo(2);
  }

  @Test
  void inspectorGivenThroughPersistenceRunsOnAReaderToo() {
    Counting inspector = new Counting();
    start(
        c ->
            c.entities()
                .readOnly()
                .persistence(
                    p -> p.property("hibernate.session_factory.statement_inspector", inspector)));

    Units.useUnit(
        registry,
        db -> db.session("e").createNativeQuery("select 1", Integer.class).getSingleResult());

    assertThat(inspector.seen).hasSize(1);
  }

  @Test
  void writeThatTheInspectorMakesOfAReadIsRefused() {
    StatementInspector inspector = sql -> "delete from book";
    start(
        c ->
            c.entities()
                .readOnly()
                .property("hibernate.session_factory.statement_inspector", inspector));

    assertThatThrownBy(
            () ->
                Units.useUnit(
                    registry,
                    db ->
                        db.session("e")
                            .createNativeQuery("select 1", Integer.class)
                            .getSingleResult()))
        .isInstanceOf(ReadOnlyEngineException.class);
  }

  @Test
  void inspectorThatIsNoObjectIsRefusedOnAReader() {
    assertThatThrownBy(
            () ->
                start(
                    c ->
                        c.entities()
                            .readOnly()
                            .property(
                                "hibernate.session_factory.statement_inspector",
                                Counting.class.getName())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("StatementInspector object");
  }

  // the schema of a reader

  @ParameterizedTest
  @CsvSource({
    "hibernate.hbm2ddl.auto, create",
    "hibernate.hbm2ddl.auto, create-drop",
    "hibernate.hbm2ddl.auto, update",
    "hibernate.hbm2ddl.auto, drop",
    "jakarta.persistence.schema-generation.database.action, drop-and-create"
  })
  void readerRefusesToChangeTheSchema(String key, String action) {
    assertThatThrownBy(() -> start(c -> c.entities().readOnly().property(key, action)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'e' is read-only")
        .hasMessageContaining(key)
        .hasMessageContaining("validate");
  }

  @Test
  void readerMayLeaveTheSchemaAlone() {
    assertThatCode(
            () -> start(c -> c.entities().readOnly().property("hibernate.hbm2ddl.auto", "none")))
        .doesNotThrowAnyException();
  }

  @Test
  void readerMayValidateTheSchema() {
    assertThatThrownBy(
            () ->
                start(
                    c ->
                        c.entities(Book.class)
                            .readOnly()
                            .property("hibernate.hbm2ddl.auto", "validate")))
        .isInstanceOf(EngineStartException.class)
        .hasMessageContaining("missing table");
  }
}
