//! An open generation: its manifest, its articles, its postings, its analysis.

use std::path::Path;
use std::sync::{Arc, Mutex};

use tantivy::directory::RamDirectory;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::schema::Field;
use tantivy::{Directory, Index, InvertedIndexReader, SegmentReader, Term};

use super::Error;
use super::catalog::{ArticleView, Catalog};
use super::images::{self, Image, Images};
use super::manifest::{FORMAT, Manifest};
use super::names::Name;
use super::pack;
use super::schema::{self, Fields, Part, Unit};
use crate::analysis::{self, Analyzer, Kind, Mode};
use crate::lexicon::Lexicon;

/// Up to this size in bytes, images not counted, a generation that is checked whole is kept in
/// memory: then nothing that happens to its files can reach a reader. The inverted index of a
/// larger one is mapped, its HTML read where it is asked for.
const IN_MEMORY: u64 = 64 * 1024 * 1024;

/// How thoroughly a generation is checked before it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// The manifest's own hash, and presence and size of every file.
    Sizes,
    /// The hash of every file as well, and tantivy's own checksums.
    Full,
}

/// An open generation. Everything it needs is open or in memory, but for images where there
/// are many: its folder may be removed.
pub struct Generation {
    manifest: Manifest,
    images: Images,
    catalog: Catalog,
    lexicon: Lexicon,
    analyzer: Analyzer,
    inverted: Inverted,
}

/// The inverted index: one segment of tantivy, whose document `n` is the article with the
/// ordinal `n`.
pub struct Inverted {
    documents: u32,
    /// What articles are known by.
    names: (Field, Arc<InvertedIndexReader>),
    texts: Vec<TextField>,
}

/// A text field of a segment, ready to be read.
pub struct TextField {
    field: Field,
    /// The field's dictionary and postings.
    pub postings: Arc<InvertedIndexReader>,
    /// The length of the field in each document, in tokens.
    pub norms: FieldNormReader,
}

impl TextField {
    /// A term of this field.
    #[must_use]
    pub fn term(&self, text: &str) -> Term {
        Term::from_field_text(self.field, text)
    }
}

impl Inverted {
    /// A text field.
    #[must_use]
    pub fn text(&self, part: Part, unit: Unit) -> &TextField {
        &self.texts[part as usize * Unit::ALL.len() + unit as usize]
    }
}

impl std::fmt::Debug for Generation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Generation").field("id", &self.manifest.generation).finish_non_exhaustive()
    }
}

impl Generation {
    /// Opens the generation `id` in the folder `dir`.
    ///
    /// # Errors
    /// [`Error::Damaged`] when a file is not what the manifest says, [`Error::Incompatible`]
    /// when another version of the format or of the analysis built it.
    pub fn open(dir: &Path, id: &str, check: Check) -> Result<Self, Error> {
        let manifest = Manifest::read(dir, id)?;
        let built_with = |analysis: &str| format!("format {}, analysis {analysis}", manifest.format);
        let incompatible = |analysis: &str| Error::Incompatible {
            generation: id.to_owned(),
            found: built_with(&manifest.analysis),
            expected: format!("format {FORMAT}, analysis {analysis}"),
        };
        if manifest.format != FORMAT {
            return Err(incompatible("of its own"));
        }
        manifest.check_sizes(dir)?;
        if check == Check::Full {
            manifest.check_hashes(dir)?;
        }
        let damaged = |reason: String| manifest.damaged(reason);
        let lexicon = std::fs::read(dir.join("lexicon.bin")).map_err(|error| error.to_string());
        let lexicon = lexicon
            .and_then(|packed| pack::unpack_lexicon(&packed))
            .map_err(|reason| damaged(format!("lexicon.bin: {reason}")))?;
        let analyzer = analyzer_for(&lexicon);
        let analysis = analysis::fingerprint(&analyzer);
        if manifest.analysis != analysis {
            return Err(incompatible(&analysis));
        }
        // What serves for long depends on its files as little as it can.
        let in_memory = check == Check::Full && index_bytes(&manifest) <= IN_MEMORY;
        let images = Images::open(dir, &manifest, check == Check::Full).map_err(damaged)?;
        let catalog = Catalog::open(dir, in_memory).map_err(damaged)?;
        let (_, fields) = schema::build();
        let inverted = open_inverted(&dir.join("tantivy"), &fields, check, in_memory).map_err(damaged)?;
        let generation = Self { manifest, images, catalog, lexicon, analyzer, inverted };
        generation.count()?;
        Ok(generation)
    }

    /// The manifest.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.manifest.generation
    }

    /// The articles.
    #[must_use]
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// The synonyms and domain words it was built with.
    #[must_use]
    pub fn lexicon(&self) -> &Lexicon {
        &self.lexicon
    }

    /// The analysis its terms were made by.
    #[must_use]
    pub fn analyzer(&self) -> &Analyzer {
        &self.analyzer
    }

    /// The inverted index.
    #[must_use]
    pub fn inverted(&self) -> &Inverted {
        &self.inverted
    }

    /// The articles known by a name (a [`super::names::spelling`], or an entity), by ordinal.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn named(&self, name: Name, text: &str) -> std::io::Result<Vec<u32>> {
        let (field, names) = &self.inverted.names;
        matching(names, &Term::from_field_text(*field, &name.term(text)))
    }

    /// The articles that have a word (a term of [`Unit::Word`]), by ordinal.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn with_word(&self, word: &str) -> std::io::Result<Vec<u32>> {
        let field = self.inverted.text(Part::Body, Unit::Word);
        matching(&field.postings, &field.term(word))
    }

    /// An image by its name; `None` when the manifest names no such file.
    #[must_use]
    pub fn media(&self, name: &str) -> Option<Image> {
        self.images.get(name).cloned()
    }

    /// The size of its files in bytes, images not counted.
    pub(super) fn index_bytes(&self) -> u64 {
        index_bytes(&self.manifest)
    }

    /// Every count must be the manifest's.
    fn count(&self) -> Result<(), Error> {
        let found = [
            ("articles", self.catalog.len(), self.manifest.articles),
            ("sections", self.catalog.sections(), self.manifest.sections),
            ("documents", self.inverted.documents as usize, self.manifest.articles),
        ];
        for (what, found, expected) in found {
            if found != expected {
                return Err(self.manifest.damaged(format!("{found} {what}, not {expected}")));
            }
        }
        Ok(())
    }

    /// Looks a few articles up by id and by every gram and word of their titles.
    pub(super) fn canary(&self) -> Result<(), Error> {
        let step = self.catalog.len().div_ceil(5).max(1);
        for article in self.catalog.iter().step_by(step) {
            self.canary_of(article)
                .map_err(|reason| self.manifest.damaged(format!("canary {}: {reason}", article.id())))?;
        }
        Ok(())
    }

    fn canary_of(&self, article: ArticleView<'_>) -> Result<(), String> {
        let mut failure = None;
        self.analyzer.analyze(article.title(), Mode::Query, |token| {
            let is_gram = matches!(token.kind, Kind::Gram | Kind::Pair);
            let unit = if is_gram { Unit::Gram } else { Unit::Word };
            let field = self.inverted.text(Part::Body, unit);
            let found = matching(&field.postings, &field.term(token.text));
            // Words of a query may be cut otherwise than in the article; grams never are.
            match found {
                Ok(found) if unit == Unit::Word || found.contains(&article.ordinal()) => {}
                Ok(_) => failure = Some(format!("`{}` of its title does not find it", token.text)),
                Err(error) => failure = Some(error.to_string()),
            }
        });
        failure.map_or(Ok(()), Err)
    }
}

fn index_bytes(manifest: &Manifest) -> u64 {
    manifest.files.iter().filter(|file| !images::is_image(&file.path)).map(|file| file.bytes).sum()
}

/// The ordinals of the articles with a term, sorted.
fn matching(index: &InvertedIndexReader, term: &Term) -> std::io::Result<Vec<u32>> {
    let mut found = Vec::new();
    let postings = index.read_block_postings(term, tantivy::schema::IndexRecordOption::Basic)?;
    let Some(mut postings) = postings else { return Ok(found) };
    while !postings.docs().is_empty() {
        found.extend_from_slice(postings.docs());
        postings.advance();
    }
    Ok(found)
}

/// The analysis for a lexicon; loading dictionaries is dear, so the last one is kept.
pub(super) fn analyzer_for(lexicon: &Lexicon) -> Analyzer {
    static LAST: Mutex<Option<(Lexicon, Analyzer)>> = Mutex::new(None);
    let mut last = LAST.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    match &*last {
        Some((known, analyzer)) if known == lexicon => analyzer.clone(),
        _ => {
            let analyzer = Analyzer::new(lexicon);
            *last = Some((lexicon.clone(), analyzer.clone()));
            analyzer
        }
    }
}

fn open_inverted(dir: &Path, fields: &Fields, check: Check, in_memory: bool) -> Result<Inverted, String> {
    let failed = |error: tantivy::TantivyError| format!("tantivy: {error}");
    let index = if in_memory {
        let copy = copy(dir).map_err(|error| format!("tantivy: {error}"))?;
        Index::open(copy).map_err(failed)?
    } else {
        Index::open_in_dir(dir).map_err(failed)?
    };
    if check == Check::Full {
        let damaged = index.validate_checksum().map_err(failed)?;
        if let Some(file) = damaged.iter().min() {
            return Err(format!("tantivy/{} does not have its checksum", file.display()));
        }
    }
    let segments = index.searchable_segments().map_err(failed)?;
    let [segment] = segments.as_slice() else {
        return Err(format!("tantivy: {} segments, not 1", segments.len()));
    };
    open_segment(segment, fields).map_err(failed)
}

/// The files of a folder, in memory.
fn copy(dir: &Path) -> std::io::Result<RamDirectory> {
    let copy = RamDirectory::create();
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        copy.atomic_write(Path::new(&entry.file_name()), &std::fs::read(entry.path())?)?;
    }
    Ok(copy)
}

fn open_segment(segment: &tantivy::Segment, fields: &Fields) -> tantivy::Result<Inverted> {
    let reader = SegmentReader::open(segment)?;
    let mut texts = Vec::new();
    for part in Part::ALL {
        for unit in Unit::ALL {
            let field = fields.text(part, unit);
            texts.push(TextField {
                field,
                postings: reader.inverted_index(field)?,
                norms: reader.get_fieldnorms_reader(field)?,
            });
        }
    }
    let names = (fields.names, reader.inverted_index(fields.names)?);
    Ok(Inverted { documents: reader.max_doc(), names, texts })
}
