package shop

import io.javalin.http.Context
import io.sqlassist.SqlAssist
import io.sqlassist.javalin.SqlAssistPlugin
import io.sqlassist.session.DbSessionsContainer

// tag::short[]
/** A unit of work: commits when the block returns, rolls back when it throws. */
fun <T> unit(work: (DbSessionsContainer) -> T): T =
    SqlAssist.inUnit<T, RuntimeException> { db -> work(db) }

/** The unit of work of the request. */
val Context.db: DbSessionsContainer
    get() = with(SqlAssistPlugin::class.java)
// end::short[]
