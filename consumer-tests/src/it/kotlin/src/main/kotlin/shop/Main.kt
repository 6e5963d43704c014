package shop

import io.javalin.Javalin
import io.sqlassist.SqlAssist
import io.sqlassist.javalin.SqlAssistPlugin
import io.sqlassist.session.DbSessionsContainer
import jakarta.persistence.Entity
import jakarta.persistence.GeneratedValue
import jakarta.persistence.Id
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse.BodyHandlers

@Entity
class Book(var title: String = "") {
    @Id @GeneratedValue var id: Long? = null
}

/** What the compiler says of nullness and lambdas is the test; that it runs is the other one. */
fun main() {
    SqlAssist.initializeEngine("writer") { engine ->
        engine.url("jdbc:h2:mem:shop").property("hibernate.hbm2ddl.auto", "create")
    }
    val app = Javalin.create { config ->
        config.registerPlugin(SqlAssistPlugin { plugin -> plugin.attribute = "db" })
        config.routes.post("/books") { ctx ->
            val db: DbSessionsContainer = ctx.with(SqlAssistPlugin::class.java)
            val book = Book("Emma")
            db.writer().persist(book)
            val scoped: String = db.on("writer").atomic<String, RuntimeException> { session ->
                session.contains(book).toString()
            }
            ctx.status(201).result(scoped)
        }
    }.start(0)
    val request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:${app.port()}/books"))
        .POST(HttpRequest.BodyPublishers.noBody())
        .build()
    val status = HttpClient.newHttpClient().send(request, BodyHandlers.discarding()).statusCode()
    check(status == 201) { "The status is $status" }
    val titles: List<String> = SqlAssist.inUnit<List<String>, RuntimeException> { db ->
        db.writer().createSelectionQuery("select title from Book", String::class.java).resultList
    }
    check(titles == listOf("Emma")) { "The titles are $titles" }
    val missing: Book? = SqlAssist.inUnit<Book?, RuntimeException> { db -> db.any().find(Book::class.java, 99L) }
    check(missing == null)
    app.stop() // closes the shared engines, too
    println("A consumer in Kotlin: fine")
}
