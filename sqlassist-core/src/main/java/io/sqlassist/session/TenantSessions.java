package io.sqlassist.session;

import org.hibernate.Session;

/**
 * A unit of work as one tenant sees it: the engines that each tenant has its own are this tenant's,
 * all others are the same as for everybody. Has no end of its own: what is done here is committed,
 * rolled back and closed with the unit.
 *
 * <p>Used by the thread that uses the unit of work.
 */
public final class TenantSessions {

  private final DbSessionsContainer unit;
  private final String tenant;

  TenantSessions(DbSessionsContainer unit, String tenant) {
    this.unit = unit;
    this.tenant = tenant;
  }

  /**
   * The tenant.
   *
   * @return its name
   */
  public String tenant() {
    return tenant;
  }

  /**
   * The session of this tenant's reader.
   *
   * @return the session, the same one for the whole unit of work
   * @throws io.sqlassist.engine.UnknownTenantException if the tenant has no such engine
   */
  public Session reader() {
    return session(DbSessionsContainer.READER);
  }

  /**
   * The session of this tenant's writer.
   *
   * @return the session, the same one for the whole unit of work
   * @throws io.sqlassist.engine.UnknownTenantException if the tenant has no such engine
   */
  public Session writer() {
    return session(DbSessionsContainer.WRITER);
  }

  /**
   * The session of this tenant's logger, or of everybody's.
   *
   * @return the session, the same one for the whole unit of work
   * @throws io.sqlassist.engine.UnknownTenantException if the tenant has no such engine
   */
  public Session logger() {
    return session(DbSessionsContainer.LOGGER);
  }

  /**
   * As {@link DbSessionsContainer#any()}, of this tenant.
   *
   * @return an open session
   * @throws io.sqlassist.engine.UnknownTenantException if the tenant has neither a reader nor a
   *     writer
   */
  public Session any() {
    return unit.any(tenant);
  }

  /**
   * As {@link DbSessionsContainer#readYourWrites()}, of this tenant.
   *
   * @return an open session
   * @throws io.sqlassist.engine.UnknownTenantException if the tenant has neither a reader nor a
   *     writer
   */
  public Session readYourWrites() {
    return unit.readYourWrites(tenant);
  }

  /**
   * The session of an engine.
   *
   * @param engine the engine's name, or the one that the engines of tenants share
   * @return the session, the same one for the whole unit of work
   * @throws io.sqlassist.engine.UnknownTenantException if the tenant has no such engine
   */
  public Session session(String engine) {
    return on(engine).session();
  }

  /**
   * Everything else about one engine in this unit of work. Opens nothing.
   *
   * @param engine the engine's name, or the one that the engines of tenants share
   * @return its scope
   * @throws io.sqlassist.engine.UnknownTenantException if the tenant has no such engine
   */
  public EngineScope on(String engine) {
    return unit.on(engine, tenant);
  }

  /**
   * The session of the engine on which an entity of this tenant lives.
   *
   * @param entity the entity's class
   * @return the session, the same one for the whole unit of work
   * @throws io.sqlassist.engine.EntityRoutingException as {@link DbSessionsContainer#sessionFor}
   * @throws io.sqlassist.engine.UnknownTenantException if the tenant has no such engine
   */
  public Session sessionFor(Class<?> entity) {
    return on(entity).session();
  }

  /**
   * The engine on which an entity of this tenant lives. Opens nothing.
   *
   * @param entity the entity's class
   * @return its scope
   * @throws io.sqlassist.engine.EntityRoutingException as {@link DbSessionsContainer#sessionFor}
   * @throws io.sqlassist.engine.UnknownTenantException if the tenant has no such engine
   */
  public EngineScope on(Class<?> entity) {
    return unit.on(unit.engineFor(entity), tenant);
  }

  @Override
  public String toString() {
    return "TenantSessions[" + tenant + " in " + unit + "]";
  }
}
