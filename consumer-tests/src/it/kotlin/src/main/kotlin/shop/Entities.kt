package shop

import jakarta.persistence.Column
import jakarta.persistence.Entity
import jakarta.persistence.FetchType
import jakarta.persistence.GeneratedValue
import jakarta.persistence.GenerationType
import jakarta.persistence.Id
import jakarta.persistence.ManyToOne

// tag::entity[]
@Entity
open class Author(open var name: String = "") {
    @Id
    @GeneratedValue(strategy = GenerationType.SEQUENCE)
    open var id: Long? = null
}

@Entity
open class Book(
    @Column(unique = true, nullable = false)
    open var title: String = "",
    @ManyToOne(fetch = FetchType.LAZY)
    open var author: Author? = null,
) {
    @Id
    @GeneratedValue(strategy = GenerationType.SEQUENCE)
    open var id: Long? = null
}
// end::entity[]

/** Final, as a class in Kotlin is if nothing is said: Hibernate can't make a proxy of it. */
@Entity
class Shelf(var name: String = "") {
    @Id
    @GeneratedValue(strategy = GenerationType.SEQUENCE)
    var id: Long? = null
}

// tag::line[]
/** What is shown of a book. */
data class Line(val title: String, val author: String?)
// end::line[]
