//! The built program as a whole: what it prints, how it ends, what it leaves behind.
//!
//! Exit codes and configuration (`codes`):
//! 1. Every exit code means what the table in `src/cli/mod.rs` says.
//! 2. A flag beats the environment, the environment beats the file, the file beats defaults.
//! 3. Paths may have blanks and Han, be relative, long, no UTF-8, or lead through a link.
//!
//! Output (`reindex`, `search`, `check`, `eval`, `index`, `streams`):
//! 4. Results are on stdout, everything else is on stderr; `--json` is one document.
//! 5. A diagnostic points at the very characters that are wrong, whatever stands before
//!    them; nothing an author wrote steers the terminal.
//! 6. Without a terminal there is neither color nor bar; a reader who leaves is no failure.
//! 7. `jieda search --json` is the reply of the HTTP API.
//! 8. Figures of an evaluation are those computed by hand; a comparison says what moved.
//!
//! Golden queries (`golden`):
//! 9. What falls below its floor is refused by kind and query; what served serves on, and
//!    nothing is left over. Files are read before anything is built.
//!
//! When things go wrong (`interrupted`, `failing`):
//! 10. Killed or interrupted at any moment, the old generation or the complete new one
//!     serves, the lock is free, and the next reindex succeeds and cleans up.
//! 11. A failing disk is exit code 4 with path and cause; the old generation still serves.
//! 12. A read-only index can be searched.

mod codes;

mod check;
mod eval;
mod golden;
mod index;
mod reindex;
mod search;
mod streams;

mod failing;
mod interrupted;
