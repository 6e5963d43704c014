package io.sqlassist.benchmarks.dropwizard;

import io.dropwizard.hibernate.UnitOfWork;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Map;

/** Immutable. */
@Path("/books")
@Produces(MediaType.APPLICATION_JSON)
public final class BookResource {

  private final BookDao books;

  public BookResource(BookDao books) {
    this.books = books;
  }

  @GET
  @Path("/{id}")
  @UnitOfWork(readOnly = true)
  public Book read(@PathParam("id") long id) {
    return books.find(id).orElseThrow(NotFoundException::new);
  }

  @POST
  @UnitOfWork
  public Response write() {
    Book book = books.add(new Book("New", 1));
    return Response.status(Response.Status.CREATED).entity(Map.of("id", book.getId())).build();
  }
}
