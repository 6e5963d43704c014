package shop;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** Runs the tests, and looks whether their database has gone with them. */
public class Main {

  public static void main(String[] args) throws SQLException {
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    LauncherFactory.create()
        .execute(
            LauncherDiscoveryRequestBuilder.request()
                .selectors(DiscoverySelectors.selectClass(BookScenarios.class))
                .build(),
            listener);
    TestExecutionSummary summary = listener.getSummary();
    summary.printFailuresTo(new PrintWriter(System.err, true));
    check(summary.getTotalFailureCount() == 0, "Tests fail");
    check(summary.getTestsSucceededCount() == 5, summary.getTestsSucceededCount() + " tests ran");
    try (Connection left =
        DriverManager.getConnection(BookScenarios.url + ";IFEXISTS=TRUE", "sa", "")) {
      check(false, left.getMetaData().getURL() + " is still there");
    } catch (SQLException e) {
      check(e.getErrorCode() == 90146, "Not 'database not found': " + e); // of H2
    }
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}
