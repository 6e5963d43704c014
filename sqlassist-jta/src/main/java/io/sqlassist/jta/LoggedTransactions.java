package io.sqlassist.jta;

import com.arjuna.ats.arjuna.common.Uid;
import com.arjuna.ats.arjuna.exceptions.ObjectStoreException;
import com.arjuna.ats.arjuna.recovery.RecoverAtomicAction;
import com.arjuna.ats.arjuna.recovery.RecoveryModule;
import com.arjuna.ats.arjuna.recovery.TransactionStatusConnectionManager;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Carries out the decisions of the log. While an engine can't be reached it tries again only when
 * that can bring something new: when another one can be. Narayana's own module tries at every scan,
 * and at every scan says that it could not.
 */
final class LoggedTransactions implements RecoveryModule {

  private final TransactionLog log;
  private final Recovery recovery;
  private final TransactionStatusConnectionManager statuses =
      new TransactionStatusConnectionManager();
  private final Map<Uid, Set<String>> triedWith = new HashMap<>();
  private final Map<String, TransactionLog.Entry> heuristics = new ConcurrentHashMap<>();

  LoggedTransactions(TransactionLog log, Recovery recovery) {
    this.log = log;
    this.recovery = recovery;
  }

  /** Transactions that did not end the same everywhere, by their ids. */
  Map<String, TransactionLog.Entry> heuristics() {
    return heuristics;
  }

  @Override
  public void periodicWorkFirstPass() {
    // Which engines can be reached is known in the second pass.
  }

  @Override
  public void periodicWorkSecondPass() {
    try {
      Set<Uid> seen = new HashSet<>();
      for (TransactionLog.Entry entry : log.entries()) {
        seen.add(entry.transaction());
        tryAgain(entry);
      }
      triedWith.keySet().retainAll(seen);
    } catch (ObjectStoreException | IOException e) {
      recovery.logIsUnreadable(e);
    }
  }

  private void tryAgain(TransactionLog.Entry entry) {
    Uid transaction = entry.transaction();
    if (heuristics.containsKey(transaction.stringForm())) {
      return;
    }
    Set<String> reached = new HashSet<>(entry.engines());
    reached.retainAll(recovery.reached());
    boolean someAreMissing = !reached.equals(entry.engines());
    if (someAreMissing && (reached.isEmpty() || reached.equals(triedWith.get(transaction)))) {
      return;
    }
    triedWith.put(transaction, reached);
    RecoverAtomicAction action =
        new RecoverAtomicAction(
            transaction, statuses.getTransactionStatus(log.type(), transaction));
    action.replayPhase2();
    if (action.hasHeuristicParticipants()) {
      heuristics.put(transaction.stringForm(), entry);
      recovery.isHeuristic(entry);
    }
  }
}
