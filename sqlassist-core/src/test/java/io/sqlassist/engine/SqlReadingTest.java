package io.sqlassist.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SqlReadingTest {

  static final List<String> READS =
      List.of(
          "select 1",
          "select * from book",
          "select b1_0.id,b1_0.title from book b1_0 where b1_0.id=?",
          "select b.update, b.delete, b.insert from b",
          "select b.into from b",
          "select b.nextval_count from b",
          "select \"update\" from book",
          "select `delete` from book",
          "select 'delete from book'",
          "select 'it''s; delete from book'",
          "select \"a\"\"; delete from book\" from book",
          "select replace(title,'a','b') from book",
          "select insert(title,1,2,'x') from book",
          "select id from book where (replace(title,'a','b')='c')",
          "select id from book where (insert(title,1,1,'x')=?)",
          "select (replace) from words",
          "select id from words where (replace is null)",
          "select id from words where (replace in (?,?))",
          "with w as (select replace, id from words) select * from w",
          "with w as (select 1) select w.update from w",
          "with w as (select 1 as update) select * from w",
          "with recursive t(n) as (select 1 union all select n+1 from t where n<5) select * from t",
          "with a as materialized (select replace(title,'x','y') r from book) select * from a",
          "(select 1) union (select 2)",
          "((select 1))",
          "values (1),(2)",
          "table book",
          "show search_path",
          "explain select * from book",
          "explain analyze select * from book",
          "explain (analyze, buffers) select * from book",
          "describe book",
          "desc book",
          "call some_function(?)",
          "{call some_function(?)}",
          "{? = call some_function(?)}",
          "select 1;",
          "select 1; select 2;",
          ";;",
          "",
          "   \n\t ",
          "-- delete from book",
          "-- delete from book\nselect 1",
          "/* delete from book */ select 1",
          "/* <criteria> */ select 1",
          "select /*+ INDEX(book) */ * from book",
          "select 1 -- for update",
          "select 1 -- don't",
          "select 1 /* for update */",
          "/*!40001 select */ 1",
          "select /*!40001 SQL_NO_CACHE */ * from book",
          "select 1 # don't",
          "select $$; delete from book$$",
          "select $x$ it's; $$ delete from book $x$",
          "select $1, $2",
          "select a$b from book",
          "select '\\'",
          "select 'C:\\temp\\', id from book",
          "select E'it\\'s' from book",
          "select 'it\\'s' from book",
          "select data #>> '{a,b}' from book",
          "select data->>'delete' from book",
          "select extract(epoch from now())",
          "select substring(title from 1 for 3) from book",
          "select substring(title from 1 for no) from book",
          "select substring(title from 1 for key) from book",
          "select id from book order by id offset ? rows fetch next ? rows only",
          "select id from book fetch first ? rows only",
          "select id from book limit ?,?",
          "select trim(both ' ' from title) from book",
          "select next from linked",
          "select value from settings where next=?",
          "select currval('seq')",
          "select lastval()",
          "select nextval from odd_table",
          "select count(*) filter (where title is not null) from book",
          "select cast(id as varchar) from book",
          "select case when id=1 then 'update' else 'delete' end from book",
          "select locked from book where locked in (1,2)",
          "select * from book for system_time as of timestamp '2020-01-01'",
          "select json_object('into':1)",
          "select count(*) over (partition by title order by id) from book",
          "select last_update, update_count from book",
          "select created_at from deletes",
          "select 5-- 1\n+2",
          "select * from book where title like '%;%'",
          "select * from book where title='a' -- comment; delete from book");

  static final List<String> WRITES =
      List.of(
          "insert into book values (1)",
          "update book set title='x'",
          "delete from book",
          "merge into book using dual on (1=1) when matched then delete",
          "replace into book values (1)",
          "upsert into book values (1)",
          "truncate table book",
          "create table x (id int)",
          "drop table book",
          "alter table book add x int",
          "grant select on book to x",
          "revoke select on book from x",
          "comment on table book is 'x'",
          "lock table book",
          "vacuum",
          "analyze table book",
          "copy book from stdin",
          "load data infile 'x' into table book",
          "begin",
          "commit",
          "do $$ begin delete from book; end $$",
          "prepare x as delete from book",
          "execute immediate 'delete from book'",
          "set session transaction read write",
          "set session characteristics as transaction read write",
          "set statement max_statement_time=1 for delete from book",
          "set default_transaction_read_only=off",
          "reset all",
          "refresh materialized view x",
          "reindex table book",
          "unknownverb book",
          "  \n delete from book",
          "(delete from book)",
          "-- harmless\ndelete from book",
          "-- harmless\rdelete from book",
          "/* harmless */ delete from book",
          "/* a /* b */ c */ delete from book",
          "/* /* */ select 1 */ delete from book",
          "/* it's */ delete from book /* it's */",
          "/*!50000 delete from book */",
          "/*M!100100 delete from book */",
          "/*! delete */ from book",
          "select 1 /*!50000 for update */",
          "select 1; delete from book",
          "select ';'; delete from book",
          "select 'it''s'; delete from book",
          "select '\\'; delete from book; --'",
          "select '\\''; delete from book; -- '",
          "select E'\\''; delete from book; --'",
          "select \"\\\"\"; delete from book -- \"",
          "select 1 # it's\n; delete from book # it's",
          "select 5--1; delete from book",
          "select 1--'\n; delete from book --'",
          "select $$it's$$; delete from book",
          "select a$b$; delete from book; select a$b$",
          "select $1$; delete from book; select $1$",
          "with x as (delete from book returning *) select * from x",
          "with x as (insert into book values (1) returning *) select * from x",
          "with x as (update book set title='x' returning *) select * from x",
          "with x as (update only book set title='x' returning *) select * from x",
          "with x as (update \"book\" set title='x' returning *) select * from x",
          "with x as materialized (delete from book returning *) select * from x",
          "with x as (select 1), y as (delete from book returning *) select * from y",
          "with x as (select 1) delete from book",
          "with x as (select 1) update book set title='x'",
          "with x as (select 1) insert into book select * from x",
          "with x as (select 1) merge into book using x on (1=1) when matched then delete",
          "select * from final table (delete from book)",
          "select * from old table (update book set title='x')",
          "select id from new table (insert into book values (1))",
          "explain analyze delete from book",
          "explain (analyze, verbose) update book set title='x'",
          "explain analyze insert into book values (1)",
          "explain analyze create table x as select 1",
          "explain analyze with x as (delete from book returning *) select * from x",
          "select * into copy_of_book from book",
          "(select * into copy_of_book from book)",
          "select * from book into outfile '/x'",
          "select id into @x from book",
          "with x as (select 1) select * into y from x",
          "select * from book for update",
          "select * from book for update of book skip locked",
          "select * from book for no key update",
          "select * from book for share",
          "select * from book for key share",
          "select * from book lock in share mode",
          "select * from (select * from book for update) x",
          "select nextval('book_seq')",
          "select setval('book_seq', 1)",
          "select book_seq.nextval from dual",
          "select next value for book_seq",
          "values (next value for book_seq)",
          "call nextval('book_seq')",
          // in doubt: a read in one dialect only
          "/* a /* nested */ comment */ select 1",
          "select 1 # for update",
          "select 'unclosed; delete from book",
          "select 1 /* unclosed",
          "select $$ unclosed");

  static Stream<String> reads() {
    return READS.stream();
  }

  static Stream<String> writes() {
    return WRITES.stream();
  }

  @ParameterizedTest
  @MethodSource("reads")
  void statementThatReadsIsLetThrough(String sql) {
    assertThat(SqlReading.firstWrite(sql)).isNull();
  }

  @ParameterizedTest
  @MethodSource("writes")
  void statementThatWritesIsFound(String sql) {
    assertThat(SqlReading.firstWrite(sql)).isNotBlank();
  }

  @ParameterizedTest
  @MethodSource("writes")
  void writeIsFoundInUpperCase(String sql) {
    assertThat(SqlReading.firstWrite(sql.toUpperCase(Locale.ROOT))).isNotBlank();
  }

  @ParameterizedTest
  @MethodSource("writes")
  void writeIsFoundBehindAnotherStatement(String sql) {
    assertThat(SqlReading.firstWrite("select 1;\n" + sql)).isNotBlank();
  }

  @ParameterizedTest
  @MethodSource("writes")
  void writeIsFoundBehindAComment(String sql) {
    assertThat(SqlReading.firstWrite("/* it's harmless */ -- it's\n" + sql)).isNotBlank();
  }

  @ParameterizedTest
  @MethodSource("reads")
  void readIsLetThroughInUpperCase(String sql) {
    assertThat(SqlReading.firstWrite(sql.toUpperCase(Locale.ROOT))).isNull();
  }

  @ParameterizedTest
  @MethodSource("reads")
  void readIsLetThroughBehindAnotherStatement(String sql) {
    assertThat(SqlReading.firstWrite("select 1;\n" + sql)).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"tr", "de", "ar"})
  void languageOfTheJvmDoesNotMatter(String language) {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag(language));
    try {
      assertThat(SqlReading.firstWrite("with x as (select 1) insert into i select 1")).isNotNull();
      assertThat(SqlReading.firstWrite("select id into i from x")).isNotNull();
      assertThat(SqlReading.firstWrite("values (1)")).isNull();
    } finally {
      Locale.setDefault(before);
    }
  }
}
