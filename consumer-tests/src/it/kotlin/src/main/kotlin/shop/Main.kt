package shop

import io.javalin.Javalin
import io.sqlassist.SqlAssist
import io.sqlassist.engine.ReadOnlyEngineException
import io.sqlassist.find.Finder
import io.sqlassist.javalin.SqlAssistPlugin
import java.io.IOException
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse.BodyHandlers
import kotlin.jvm.optionals.getOrNull
import org.hibernate.Hibernate
import org.hibernate.Session

/** What the compiler says of nullness and lambdas is the test; that it runs is the other one. */
fun main() {
    startEngines()
    val app = server()
    try {
        check(post(app, "/books/Emma") == 201) { "The first one is stored" }
        check(post(app, "/books/Emma") == 500) { "The second one is refused" }
        check(titles() == listOf("Emma")) { "The titles are ${titles()}" }
        blocks()
        nothingIsNull()
        entitiesAreOpen()
        linesAreData()
        exceptionsPass()
    } finally {
        app.stop() // closes the shared engines, too
    }
    println("A consumer in Kotlin: fine")
}

fun startEngines() {
    // tag::engines[]
    SqlAssist.initializeEngine("writer") { engine ->
        engine.url("jdbc:h2:mem:shop").property("hibernate.hbm2ddl.auto", "create")
    }
    SqlAssist.initializeEngine("reader") { engine -> engine.url("jdbc:h2:mem:shop").readOnly() }
    // end::engines[]
}

fun server(): Javalin =
    Javalin.create { config ->
        // tag::plugin[]
        config.registerPlugin(SqlAssistPlugin { plugin -> plugin.attribute = "db" })
        config.routes.post("/books/{title}") { ctx ->
            ctx.db.writer().persist(Book(ctx.pathParam("title")))
            ctx.status(201)
        }
        // end::plugin[]
    }.start(0)

fun post(app: Javalin, path: String): Int {
    val request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:${app.port()}$path"))
        .POST(HttpRequest.BodyPublishers.noBody())
        .build()
    return HttpClient.newHttpClient().send(request, BodyHandlers.discarding()).statusCode()
}

fun titles(): List<String> =
    // tag::in-unit[]
    unit { db ->
        db.reader().createSelectionQuery("select title from Book", String::class.java).list()
    }
// end::in-unit[]

fun blocks() {
    // tag::types[]
    SqlAssist.useUnit<RuntimeException> { db -> db.writer().persist(Author("Jane Austen")) }
    val count: Long = SqlAssist.inUnit<Long, RuntimeException> { db ->
        db.reader()
            .createSelectionQuery("select count(*) from Author", Long::class.java)
            .singleResult
    }
    val id: Long? = unit { db ->
        db.on("writer").atomic<Long?, RuntimeException> { session ->
            Author("Anne Brontë").also(session::persist).id
        }
    }
    // end::types[]
    check(count == 1L && id != null)
}

fun nothingIsNull() {
    unit { db ->
        // tag::null[]
        val session: Session = db.reader() // never null, and the compiler knows
        val book: Book? = session.find(Book::class.java, 4711L) // Hibernate's: say that it may be null
        val emma: Book? = Finder.of(session, Book::class.java).with("title", "Emma").one().getOrNull()
        val tenant: String? = db.tenant().getOrNull()
        // end::null[]
        check(book == null && emma?.title == "Emma" && tenant == null)
    }
}

fun entitiesAreOpen() {
    unit { db ->
        val author = Author("Mary Shelley")
        val shelf = Shelf("Gothic")
        db.writer().persist(author)
        db.writer().persist(shelf)
        db.writer().persist(Book("Frankenstein", author))
        db.commit()
        db.writer().clear()
        val lazy = db.writer().getReference(Author::class.java, author.id)
        check(!Hibernate.isInitialized(lazy)) { "An open class has proxies" }
        val eager = db.writer().getReference(Shelf::class.java, shelf.id)
        check(Hibernate.isInitialized(eager)) { "A final class has none" }
    }
}

fun linesAreData() {
    // tag::line-use[]
    val lines: List<Line> = unit { db ->
        db.reader()
            .createSelectionQuery(
                "select b.title, a.name from Book b left join b.author a order by b.title",
                Line::class.java,
            )
            .list()
    }
    // end::line-use[]
    check(lines == listOf(Line("Emma", null), Line("Frankenstein", "Mary Shelley"))) { "$lines" }
}

fun exceptionsPass() {
    val thrown = runCatching {
        unit { db ->
            db.writer().persist(Book("Persuasion"))
            throw IOException("no such file")
        }
    }
    check(thrown.exceptionOrNull() is IOException) { "As it was thrown: $thrown" }
    check("Persuasion" !in titles()) { "Rolled back" }
    val refused = runCatching { unit { db -> db.reader().persist(Book("Sanditon")) } }
    check(refused.exceptionOrNull() is ReadOnlyEngineException) { "$refused" }
}
