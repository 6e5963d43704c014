package io.sqlassist.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sqlassist.engine.EngineConfig;
import io.sqlassist.engine.EngineKind;
import io.sqlassist.engine.EngineRegistry;
import io.sqlassist.engine.EntityRoutingException;
import io.sqlassist.engine.UnknownEngineException;
import io.sqlassist.fixture.H2;
import io.sqlassist.fixture.TestEngines;
import io.sqlassist.routing.Catalogue.Audited;
import io.sqlassist.routing.Catalogue.Both;
import io.sqlassist.routing.Catalogue.Exported;
import io.sqlassist.routing.Catalogue.Nameless;
import io.sqlassist.routing.Catalogue.Plain;
import io.sqlassist.routing.Catalogue.Receipt;
import io.sqlassist.routing.Catalogue.Record;
import io.sqlassist.routing.Catalogue.Special;
import io.sqlassist.routing.Catalogue.Stray;
import io.sqlassist.routing.Catalogue.Strict;
import io.sqlassist.routing.Catalogue.StrictlyAudited;
import io.sqlassist.routing.Catalogue.Title;
import io.sqlassist.session.DbSessionsContainer;
import io.sqlassist.session.EngineStatus;
import java.util.function.Consumer;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which engine an entity lives on. */
class EntityRoutingTest {

  private final TestEngines engines = TestEngines.none();
  private final EngineRegistry registry = engines.registry();
  private final DbSessionsContainer db = engines.unit();

  @AfterEach
  void close() {
    db.close();
    engines.close();
  }

  private void engine(String name, Class<?>... entities) {
    engine(name, EngineKind.READ_WRITE, H2.url(), config -> config.entities(entities));
  }

  private void engine(
      String name, EngineKind kind, String url, Consumer<? super EngineConfig> config) {
    engines.add(name, H2.dataSource(url), kind, config);
  }

  private String place(Class<?> entity) {
    return registry.engineFor(entity);
  }

  @Test
  void theSessionOfTheOnlyEngineThatMapsAnEntityIsItsSession() {
    engine("writer", Title.class);
    engine("ledger", Receipt.class);

    assertThat(db.sessionFor(Title.class)).isSameAs(db.writer());
    assertThat(db.sessionFor(Receipt.class)).isSameAs(db.session("ledger"));
  }

  @Test
  void eachEngineGetsTheRowsOfItsEntities() {
    engine("writer", Title.class);
    engine("ledger", Receipt.class);

    db.sessionFor(Title.class).persist(new Title(1));
    db.on(Receipt.class)
        .atomic(
            session -> {
              session.persist(new Receipt(1));
              return null;
            });
    db.commit();

    assertThat(db.writer().find(Title.class, 1L)).isNotNull();
    assertThat(db.session("ledger").find(Receipt.class, 1L)).isNotNull();
  }

  @Test
  void askingForTheEngineOfAnEntityOpensNothing() {
    engine("writer", Title.class);

    assertThat(db.on(Title.class).name()).isEqualTo("writer");
    assertThat(db.statuses()).containsEntry("writer", EngineStatus.INIT);
  }

  @Test
  void ofAReaderAndAWriterThatMapTheSameItIsTheWriter() {
    String url = H2.url();
    engine("reader", EngineKind.READ_ONLY, url, config -> config.entities(Title.class));
    engine("writer", EngineKind.READ_WRITE, url, config -> config.entities(Title.class));

    assertThat(place(Title.class)).isEqualTo("writer");
  }

  @Test
  void anEngineThatCanRollBackGoesBeforeTheLoggerAndThatBeforeAReader() {
    String url = H2.url();
    engine("reader", EngineKind.READ_ONLY, url, config -> config.entities(Title.class));
    assertThat(place(Title.class)).isEqualTo("reader");

    engine("logger", EngineKind.AUTOCOMMIT, H2.url(), config -> config.entities(Title.class));
    assertThat(place(Title.class)).isEqualTo("logger");

    engine("writer", EngineKind.READ_WRITE, url, config -> config.entities(Title.class));
    assertThat(place(Title.class)).isEqualTo("writer");
  }

  @Test
  void twoWritersWithoutARuleAreRefusedWithTheCure() {
    engine("writer", Title.class);
    engine("ledger", Title.class);

    assertThatThrownBy(() -> db.sessionFor(Title.class))
        .isInstanceOf(EntityRoutingException.class)
        .hasMessageContaining(Title.class.getName())
        .hasMessageContaining("writer, ledger")
        .hasMessageContaining("@OnEngine(\"...\")")
        .hasMessageContaining("owns(Title.class)");
    assertThat(db.statuses()).containsValues(EngineStatus.INIT);
  }

  @Test
  void theAnnotationDecidesBetweenTwoWriters() {
    engine("writer", Receipt.class);
    engine("ledger", Receipt.class);

    assertThat(place(Receipt.class)).isEqualTo("ledger");
  }

  @Test
  void whatAnEngineOwnsGoesBeforeTheAnnotation() {
    engine("ledger", Receipt.class);
    engine(
        "writer",
        EngineKind.READ_WRITE,
        H2.url(),
        config -> config.entities(Receipt.class).owns(Receipt.class));

    assertThat(place(Receipt.class)).isEqualTo("writer");
  }

  @Test
  void theAnnotationOfAClassGoesBeforeWhatIsOwnedOfAllObjects() {
    engine("ledger", Receipt.class);
    engine(
        "writer",
        EngineKind.READ_WRITE,
        H2.url(),
        config -> config.entities(Receipt.class, Title.class).owns(Object.class));

    assertThat(place(Receipt.class)).isEqualTo("ledger");
    assertThat(place(Title.class)).isEqualTo("writer");
  }

  private void engineThatOwns(String name, Class<?> owned) {
    engine(
        name,
        EngineKind.READ_WRITE,
        H2.url(),
        config ->
            config.entities(Plain.class, Special.class, Strict.class, Both.class).owns(owned));
  }

  @Test
  void aClassGoesBeforeItsSuperclassAndThatBeforeAMappedSuperclassAndThatBeforeAnInterface() {
    engineThatOwns("audited", Audited.class);
    assertThat(place(Special.class)).isEqualTo("audited");
    engineThatOwns("record", Record.class);
    assertThat(place(Special.class)).isEqualTo("record");
    engineThatOwns("plain", Plain.class);
    assertThat(place(Special.class)).isEqualTo("plain");
    engineThatOwns("special", Special.class);

    assertThat(place(Special.class)).isEqualTo("special");
    assertThat(place(Plain.class)).isEqualTo("plain");
    assertThat(place(Strict.class)).isEqualTo("record");
  }

  @Test
  void anInterfaceGoesBeforeTheOneItExtends() {
    engineThatOwns("audited", Audited.class);
    engineThatOwns("strict", StrictlyAudited.class);

    assertThat(place(Strict.class)).isEqualTo("strict");
    assertThat(place(Plain.class)).isEqualTo("audited");
  }

  @Test
  void twoInterfacesThatContradictEachOtherAreRefusedWhenTheSecondEngineIsInitialised() {
    engineThatOwns("audited", Audited.class);

    assertThatThrownBy(() -> engineThatOwns("exported", Exported.class))
        .isInstanceOf(EntityRoutingException.class)
        .hasMessageContaining(Both.class.getName())
        .hasMessageContaining("audited, exported")
        .hasMessageContaining("owns(Both.class)");
    assertThat(registry.names()).containsExactly("audited");
    assertThat(place(Both.class)).isEqualTo("audited");
  }

  @Test
  void twoEnginesThatOwnTheSameAreRefused() {
    engineThatOwns("first", Plain.class);

    assertThatThrownBy(() -> engineThatOwns("second", Plain.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'first' and 'second' both own " + Plain.class.getName());
    assertThat(registry.names()).containsExactly("first");
    assertThat(place(Plain.class)).isEqualTo("first");
  }

  @Test
  void anEngineCanOwnOnlyWhatItMaps() {
    assertThatThrownBy(
            () ->
                engine(
                    "writer",
                    EngineKind.READ_WRITE,
                    H2.url(),
                    config -> config.entities(Title.class).owns(Receipt.class)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'writer' can't own " + Receipt.class.getName())
        .hasMessageContaining("[Title]");
    assertThat(registry.names()).isEmpty();
  }

  @Test
  void anAnnotationWithoutANameIsRefusedWhenItsEngineIsInitialised() {
    assertThatThrownBy(() -> engine("writer", Nameless.class))
        .isInstanceOf(EntityRoutingException.class)
        .hasMessageContaining("@OnEngine on " + Nameless.class.getName());
    assertThat(registry.names()).isEmpty();
  }

  @Test
  void aRuleThatNamesNoEngineIsAnErrorThatNamesIt() {
    engine("writer", Receipt.class);

    assertThatThrownBy(() -> db.sessionFor(Receipt.class))
        .isInstanceOf(EntityRoutingException.class)
        .hasMessageContaining("'ledger', but there is no such engine")
        .hasMessageContaining("Engines that map it: writer.");
  }

  @Test
  void aRuleThatNamesAnEngineWhichDoesNotMapTheEntityIsAnErrorThatSaysSo() {
    engine("writer", Receipt.class);
    engine("ledger", Title.class);

    assertThatThrownBy(() -> db.sessionFor(Receipt.class))
        .isInstanceOf(EntityRoutingException.class)
        .hasMessageContaining("'ledger', but that engine does not map it")
        .hasMessageContaining("Engines that map it: writer.");
  }

  @Test
  void aClassThatNoEngineMapsIsAnErrorWithWhatTheyMap() {
    engine("writer", Title.class);
    engine("ledger", Receipt.class, Plain.class);

    assertThatThrownBy(() -> db.sessionFor(Stray.class))
        .isInstanceOf(EntityRoutingException.class)
        .hasMessageContaining("No engine maps " + Stray.class.getName())
        .hasMessageContaining("writer maps [Title]")
        .hasMessageContaining("ledger maps [Plain, Receipt]");
  }

  @Test
  void aMappedSuperclassIsNoEntity() {
    engine("writer", Plain.class);

    assertThatThrownBy(() -> db.sessionFor(Record.class))
        .isInstanceOf(EntityRoutingException.class)
        .hasMessageContaining("No engine maps " + Record.class.getName());
  }

  @Test
  void withoutAnyEngineTheErrorSaysSo() {
    assertThatThrownBy(() -> db.sessionFor(Title.class))
        .isInstanceOf(EntityRoutingException.class)
        .hasMessageContaining("No engine has been initialised yet");
  }

  @Test
  void theClassOfAProxyIsThatOfItsEntity() {
    engine("writer", Title.class);
    Session writer = db.writer();
    Title proxy = writer.getReference(Title.class, 1L);

    assertThat(proxy.getClass()).isNotEqualTo(Title.class);
    assertThat(db.sessionFor(proxy.getClass())).isSameAs(writer);
  }

  @Test
  void anEngineInitialisedLaterCounts() {
    engine("writer", Receipt.class);
    assertThatThrownBy(() -> place(Receipt.class)).isInstanceOf(EntityRoutingException.class);

    engine("ledger", Receipt.class);

    assertThat(db.sessionFor(Receipt.class)).isSameAs(db.session("ledger"));
  }

  @Test
  void anEngineThatIsRemovedDoesNotCount() {
    engine("writer", Title.class);
    engine("ledger", Title.class);

    registry.remove("ledger");

    assertThat(place(Title.class)).isEqualTo("writer");
    assertThatThrownBy(() -> db.session("ledger")).isInstanceOf(UnknownEngineException.class);
  }
}
