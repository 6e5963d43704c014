create sequence book_seq start with 1 increment by 50;

create table book (
  id bigint not null,
  title varchar(255) not null,
  constraint pk_book primary key (id),
  constraint uq_book_title unique (title)
);
