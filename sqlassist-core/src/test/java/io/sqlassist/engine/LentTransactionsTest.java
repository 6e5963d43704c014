package io.sqlassist.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sqlassist.fixture.H2;
import java.lang.ref.WeakReference;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LentTransactionsTest {

  private record GivingWay(String label) implements LentConnection.User {

    @Override
    public boolean isInside(LentConnection.User other) {
      return equals(other);
    }

    @Override
    public boolean yields() {
      return true;
    }
  }

  private static LentTransactions.Transaction begin(
      LentTransactions transactions, Connection connection, String unit) throws SQLException {
    return transactions.begin(connection, "writer", new GivingWay(unit), Duration.ofMinutes(5));
  }

  /** Two units may take turns for as long as a test runs. */
  @Test
  void transactionsThatGaveWayAreForgotten() throws SQLException {
    try (Connection connection = H2.dataSource().getConnection()) {
      connection.setAutoCommit(false);
      LentTransactions transactions = LentTransactions.on(connection);
      WeakReference<?> first = new WeakReference<>(begin(transactions, connection, "one"));
      begin(transactions, connection, "two");
      LentTransactions.Transaction last = begin(transactions, connection, "one");

      for (int i = 0; i < 200 && first.get() != null; i++) {
        System.gc();
      }

      assertThat(first.get()).isNull();
      assertThat(transactions.isOver(last)).isFalse();
    }
  }
}
