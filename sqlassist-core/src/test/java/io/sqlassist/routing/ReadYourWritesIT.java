package io.sqlassist.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.sqlassist.embedded.DatabaseHandle;
import io.sqlassist.embedded.DatabaseKind;
import io.sqlassist.engine.EngineKind;
import io.sqlassist.fixture.Novel;
import io.sqlassist.fixture.TestEngines;
import io.sqlassist.session.DbSessionsContainer;
import java.util.List;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** One database, two users: the reader's sees what is committed, and may only SELECT. */
@ParameterizedClass
@EnumSource(DatabaseKind.class)
class ReadYourWritesIT {

  private final TestEngines engines = TestEngines.none();
  private final DbSessionsContainer db = engines.unit();

  ReadYourWritesIT(DatabaseKind kind) {
    DatabaseHandle database = kind.fresh();
    engines.add("writer", database, EngineKind.READ_WRITE);
    engines.add("reader", database.readOnlyUser(), EngineKind.READ_ONLY);
  }

  @AfterEach
  void everyConnectionIsBack() {
    db.close();
    engines.assertConnectionsAreBackAndClean();
    engines.close();
  }

  private static List<String> isbns(Session session) {
    return session.createSelectionQuery("select isbn from Novel", String.class).list();
  }

  @Test
  void whatIsNotCommittedIsSeenThroughTheWriterOnly() {
    db.writer().persist(new Novel("emma"));

    assertThat(isbns(db.readYourWrites())).containsExactly("emma");
    assertThat(isbns(db.reader())).isEmpty();
  }

  @Test
  void whatIsCommittedIsSeenThroughBoth() {
    db.writer().persist(new Novel("emma"));
    db.commit();

    assertThat(isbns(db.readYourWrites())).containsExactly("emma");
    assertThat(isbns(db.reader())).containsExactly("emma");
  }

  @Test
  void afterARollbackNothingIsSeen() {
    db.writer().persist(new Novel("emma"));
    db.writer().flush();
    db.rollback();

    assertThat(isbns(db.readYourWrites())).isEmpty();
  }
}
