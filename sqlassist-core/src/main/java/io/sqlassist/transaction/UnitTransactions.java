package io.sqlassist.transaction;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.hibernate.Session;
import org.jspecify.annotations.Nullable;

/**
 * All transactions of one unit of work, and the one place that ends them: flush all, commit in the
 * order of first use (what a coordinator decides before what is plain), report.
 *
 * <p>Belongs to one unit of work; used by one thread at a time. Applications meet it through the
 * container of their unit of work and need not use it themselves.
 */
public final class UnitTransactions {

  private static final class Member {
    final String engine;
    final TransactionPolicy policy;
    final Session session;
    UnitTransaction transaction;

    Member(String engine, TransactionPolicy policy, Session session, UnitTransaction transaction) {
      this.engine = engine;
      this.policy = policy;
      this.session = session;
      this.transaction = transaction;
    }
  }

  /** Replaced when one is added or leaves: there is one in most units, and that costs least. */
  private List<Member> members = List.of();

  /** Creates the transactions of a unit of work that has opened nothing yet. */
  public UnitTransactions() {}

  /**
   * Takes a new session under its engine's policy. Begins that policy's transaction if this is its
   * first session in the unit.
   *
   * @param engine the engine's name
   * @param policy the engine's policy; the same object means the same transaction
   * @param session an open session without a transaction
   */
  public void join(String engine, TransactionPolicy policy, Session session) {
    UnitTransaction shared = transactionOf(policy);
    UnitTransaction transaction = shared == null ? policy.begin() : shared;
    try {
      transaction.join(engine, session);
    } catch (RuntimeException | Error e) {
      if (shared == null) {
        rollback(List.of(transaction), e); // nobody else knows of it
      }
      throw e;
    }
    members = with(new Member(engine, policy, session, transaction));
  }

  private List<Member> with(Member member) {
    if (members.isEmpty()) {
      return List.of(member);
    }
    List<Member> all = new ArrayList<>(members);
    all.add(member);
    return List.copyOf(all);
  }

  private @Nullable UnitTransaction transactionOf(TransactionPolicy policy) {
    for (Member member : members) {
      if (member.policy == policy) {
        return member.transaction;
      }
    }
    return null;
  }

  /**
   * Commits every engine: flushes all first, so that what can fail fails before anything is
   * durable, then commits in the order of first use.
   *
   * @param beforeFirstCommit called when everything is flushed, before the first engine commits:
   *     from there on an interruption would tear the engines apart
   * @return the outcome of each engine that had something to commit
   * @throws PartialCommitException if a commit failed and not everything is known to be rolled back
   * @throws RuntimeException any other failure; everything is rolled back
   */
  public CommitReport commit(Runnable beforeFirstCommit) {
    return commit(this::transactions, beforeFirstCommit);
  }

  /**
   * Commits one engine, and those that share its policy. The others are not touched.
   *
   * @param engine the engine's name
   * @param beforeFirstCommit as {@link #commit(Runnable)}
   * @return the outcome of each engine committed
   * @throws PartialCommitException as {@link #commit(Runnable)}
   */
  public CommitReport commit(String engine, Runnable beforeFirstCommit) {
    return commit(() -> transactionsOf(engine), beforeFirstCommit);
  }

  /**
   * Rolls back every engine. One engine's failure does not stop the others.
   *
   * @throws RuntimeException the first failure, with the others suppressed in it
   */
  public void rollback() {
    Failures.throwIfAny(rollback(transactions(), null));
  }

  /**
   * Rolls back one engine, and those that share its policy.
   *
   * @param engine the engine's name
   * @throws RuntimeException if the database could not be told
   */
  public void rollback(String engine) {
    Failures.throwIfAny(rollback(transactionsOf(engine), null));
  }

  /**
   * Begins new transactions for the sessions that are still open, after a commit or a rollback in
   * the middle of a unit. At once, and not at the next access: work done through a session that the
   * application still holds would otherwise be outside of any transaction, and lost.
   */
  public void restart() {
    restart(members);
  }

  /**
   * As {@link #restart()}, for one engine and those that share its policy.
   *
   * @param engine the engine's name
   */
  public void restart(String engine) {
    restart(membersOf(transactionsOf(engine)));
  }

  /** One member's failure does not leave the others without a transaction. */
  private static void restart(List<Member> members) {
    Map<TransactionPolicy, UnitTransaction> fresh = new IdentityHashMap<>();
    Throwable failure = null;
    for (Member member : members) {
      if (member.session.isOpen()) {
        try {
          UnitTransaction transaction =
              fresh.computeIfAbsent(member.policy, TransactionPolicy::begin);
          member.transaction = transaction;
          transaction.join(member.engine, member.session);
        } catch (RuntimeException | Error e) {
          failure = Failures.add(failure, e);
        }
      }
    }
    Failures.throwIfAny(failure);
  }

  /**
   * Forgets an engine that was rolled back and whose session is to be closed. Those that share its
   * policy, and were rolled back with it, go on in a new transaction.
   *
   * @param engine the engine's name
   */
  public void leave(String engine) {
    List<UnitTransaction> left = transactionsOf(engine);
    members = members.stream().filter(member -> !member.engine.equals(engine)).toList();
    restart(membersOf(left));
  }

  private List<Member> membersOf(List<UnitTransaction> transactions) {
    return members.stream().filter(member -> transactions.contains(member.transaction)).toList();
  }

  /**
   * In the order of first use, but coordinated ones first: a coordinator can still refuse when it
   * is asked, whatever was flushed before, and then a plain commit would already stand alone.
   */
  private List<UnitTransaction> transactions() {
    if (members.size() == 1) {
      return List.of(members.get(0).transaction);
    }
    List<UnitTransaction> transactions = new ArrayList<>(members.size());
    addTransactions(transactions, true);
    addTransactions(transactions, false);
    return transactions;
  }

  private void addTransactions(List<UnitTransaction> transactions, boolean coordinated) {
    for (Member member : members) {
      if (member.policy.isCoordinated() == coordinated
          && !transactions.contains(member.transaction)) {
        transactions.add(member.transaction);
      }
    }
  }

  private List<UnitTransaction> transactionsOf(String engine) {
    for (Member member : members) {
      if (member.engine.equals(engine)) {
        return List.of(member.transaction);
      }
    }
    return List.of();
  }

  private CommitReport commit(Supplier<List<UnitTransaction>> chosen, Runnable beforeFirstCommit) {
    try {
      flushUntilSettled(chosen);
      beforeFirstCommit.run();
    } catch (RuntimeException | Error e) {
      rollback(chosen.get(), e);
      throw e;
    }
    List<UnitTransaction> transactions = chosen.get();
    CommitReport report = CommitReport.EMPTY;
    for (int i = 0; i < transactions.size(); i++) {
      try {
        report = report.and(transactions.get(i).commit());
      } catch (RuntimeException e) {
        throw commitFailed(e, report.outcomes(), transactions, i);
      } catch (Error e) {
        rollback(transactions.subList(i, transactions.size()), e);
        throw e;
      }
    }
    return report;
  }

  /**
   * Flushes all, as many times as there are engines: an entity's listener may write through a
   * session that was flushed before it, or open one that was not open, and so may its listeners.
   */
  private static void flushUntilSettled(Supplier<List<UnitTransaction>> chosen) {
    for (int pass = 0; pass < chosen.get().size(); pass++) {
      chosen.get().forEach(UnitTransaction::flush);
    }
  }

  private static RuntimeException commitFailed(
      RuntimeException failure,
      Map<String, Outcome> committed,
      List<UnitTransaction> transactions,
      int failed) {
    Map<String, Outcome> outcomes = new LinkedHashMap<>(committed);
    Throwable cause = failure;
    if (failure instanceof PartialCommitException partial) {
      outcomes.putAll(partial.report().outcomes());
      if (partial.getCause() != null) {
        cause = partial.getCause();
      }
    } else {
      markRolledBack(outcomes, transactions.get(failed));
    }
    for (UnitTransaction rest : transactions.subList(failed + 1, transactions.size())) {
      markRolledBack(outcomes, rest);
    }
    rollback(transactions.subList(failed, transactions.size()), failure);
    boolean nothingDurable =
        outcomes.values().stream().allMatch(outcome -> outcome == Outcome.ROLLED_BACK);
    if (nothingDurable) {
      return failure;
    }
    PartialCommitException report = new PartialCommitException(new CommitReport(outcomes), cause);
    for (Throwable suppressed : failure.getSuppressed()) {
      report.addSuppressed(suppressed);
    }
    return report;
  }

  private static void markRolledBack(Map<String, Outcome> outcomes, UnitTransaction transaction) {
    for (String engine : transaction.engines()) {
      outcomes.put(engine, Outcome.ROLLED_BACK);
    }
  }

  private static @Nullable Throwable rollback(
      List<UnitTransaction> transactions, @Nullable Throwable failure) {
    Throwable all = failure;
    for (UnitTransaction transaction : transactions) {
      try {
        transaction.rollback();
      } catch (RuntimeException | Error e) {
        all = Failures.add(all, e);
      }
    }
    return all;
  }
}
