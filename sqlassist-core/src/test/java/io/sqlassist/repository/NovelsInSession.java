package io.sqlassist.repository;

import io.sqlassist.fixture.Novel;
import java.util.List;
import org.hibernate.Session;
import org.hibernate.annotations.processing.HQL;

/** Not one of Jakarta Data's; works on a session. */
public interface NovelsInSession {

  Session session();

  @HQL("from Novel order by isbn")
  List<Novel> all();
}
