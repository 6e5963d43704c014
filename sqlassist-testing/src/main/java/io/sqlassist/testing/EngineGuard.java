package io.sqlassist.testing;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** Refuses the engines that a test does not declare, and fails the test if one was asked for. */
final class EngineGuard implements TestPart {

  private final Instruments instruments;
  private final List<UndeclaredEngineException> refused = new ArrayList<>();

  EngineGuard(Instruments instruments) {
    this.instruments = instruments;
  }

  @Override
  public void before(TestRun run) {
    instruments.guard(engine -> refuseUndeclared(run, engine)); // sessions outside of units
  }

  @Override
  public void beforeOpening(TestRun run, String engine) {
    refuseUndeclared(run, engine);
  }

  private void refuseUndeclared(TestRun run, String engine) {
    if (run.mayUse(engine)) {
      return;
    }
    UndeclaredEngineException refusal =
        new UndeclaredEngineException(run.name(), engine, run.settings().engines());
    synchronized (refused) {
      refused.add(refusal);
    }
    throw refusal;
  }

  @Override
  public void after(TestRun run) {
    instruments.guard(null);
    List<UndeclaredEngineException> all;
    synchronized (refused) {
      all = List.copyOf(refused);
    }
    if (all.isEmpty() || run.failure().filter(failure -> isOneOf(all, failure)).isPresent()) {
      return;
    }
    UndeclaredEngineException first = all.get(0);
    all.stream()
        .skip(1)
        .filter(each -> !each.engine().equals(first.engine()))
        .forEach(first::addSuppressed);
    throw first;
  }

  private static boolean isOneOf(List<UndeclaredEngineException> refused, Throwable failure) {
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Throwable each = failure; each != null && seen.add(each); each = each.getCause()) {
      for (UndeclaredEngineException refusal : refused) {
        if (refusal.equals(each)) {
          return true;
        }
      }
    }
    return false;
  }
}
