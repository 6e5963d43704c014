package io.sqlassist.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.persistence.OptimisticLockException;
import jakarta.persistence.RollbackException;
import java.sql.SQLException;
import org.hibernate.TransactionException;
import org.hibernate.resource.transaction.spi.TransactionStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommitOutcomesTest {

  private static Outcome after(String state) {
    return CommitOutcomes.after(
        new TransactionException("commit", new SQLException("reason", state)),
        TransactionStatus.FAILED_COMMIT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"23505", "25P02", "27000", "40001", "40P01", "44000", "53100", "P0001"})
  void refusalOfTheDatabaseIsRolledBack(String state) {
    assertThat(after(state)).isEqualTo(Outcome.ROLLED_BACK);
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", "23", "08006", "08007", "40003", "57P01", "HY000", "99999"})
  void everythingElseIsUnknown(String state) {
    assertThat(after(state)).isEqualTo(Outcome.UNKNOWN);
  }

  @Test
  void refusalByHibernateItselfIsRolledBack() {
    assertThat(
            CommitOutcomes.after(
                new RollbackException("commit failed", new OptimisticLockException("version")),
                TransactionStatus.ROLLED_BACK))
        .isEqualTo(Outcome.ROLLED_BACK);
  }

  @Test
  void uncheckedFailureOfADriverIsUnknown() {
    assertThat(
            CommitOutcomes.after(
                new RollbackException("commit failed", new IllegalStateException("in the driver")),
                TransactionStatus.ROLLED_BACK))
        .isEqualTo(Outcome.UNKNOWN);
  }

  @Test
  void failureAfterTheCommitIsCommitted() {
    assertThat(
            CommitOutcomes.after(
                new IllegalStateException("after the commit"), TransactionStatus.COMMITTED))
        .isEqualTo(Outcome.COMMITTED);
  }

  @Test
  void circleOfCausesIsNoEndlessLoop() {
    IllegalStateException one = new IllegalStateException("one");
    IllegalStateException two = new IllegalStateException("two", one);
    one.initCause(two);

    assertThat(CommitOutcomes.after(two, TransactionStatus.FAILED_COMMIT)).isNotNull();
  }
}
