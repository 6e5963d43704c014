package io.sqlassist.trace;

import java.util.Map;

/**
 * An engine, described without secrets.
 *
 * <p>Immutable; may be shared between threads.
 *
 * @param name its name
 * @param isDefault whether it is the default engine
 * @param kind READ_WRITE, READ_ONLY or AUTOCOMMIT
 * @param policy class of what ends its transactions, without the package
 * @param dataSource class of its data source
 * @param url where it connects to, without passwords, empty if not known yet
 * @param database product and version, empty if not known yet
 * @param hibernate version of Hibernate
 * @param dialect class of the dialect
 * @param entities how many entities are mapped
 * @param settings effective settings, only those that can hold no secret
 */
public record EngineInfo(
    String name,
    boolean isDefault,
    String kind,
    String policy,
    String dataSource,
    String url,
    String database,
    String hibernate,
    String dialect,
    int entities,
    Map<String, String> settings) {}
