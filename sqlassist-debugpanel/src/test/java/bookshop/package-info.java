/** An application, outside of the packages that call stacks leave out. */
package bookshop;
