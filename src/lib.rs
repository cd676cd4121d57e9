//! Jieda: self-service help-center search for Chinese, English and Korean.
//!
//! Markdown articles become an immutable *generation* (tantivy index, texts, rendered
//! articles, manifest); a small server opens generations and answers questions.
//! The modules below are listed in the order in which an article travels through them;
//! `ARCHITECTURE.md` has the map.
#![warn(clippy::panic)]

pub mod lang;
pub mod logo;
pub mod parallel;
pub mod text;
pub mod theme;
pub mod traditional;

pub mod entity;
pub mod lexicon;

pub mod article;

pub mod analysis;

pub mod index;

pub mod search;

pub mod eval;

pub mod config;

pub mod replies;

pub mod app;
pub mod http;

pub mod cli;
