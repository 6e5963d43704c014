package io.sqlassist.schema;

import java.sql.Types;
import java.util.Optional;

/**
 * A column of a table, as the database tells it.
 *
 * <p>Immutable; may be shared between threads.
 *
 * @param name its name, in the database's spelling
 * @param type the database's name of its type, for example {@code varchar} or {@code int8}
 * @param jdbcType one of the constants of {@link Types}
 * @param size characters of a text, digits of a number; 0 where that has no meaning
 * @param scale digits after the point; 0 where there are none
 * @param isNullable whether it may hold null
 * @param defaultValue the expression for rows that don't give it, in the database's SQL
 * @param isIdentity whether the database numbers it
 */
public record ColumnInfo(
    String name,
    String type,
    int jdbcType,
    int size,
    int scale,
    boolean isNullable,
    Optional<String> defaultValue,
    boolean isIdentity) {}
