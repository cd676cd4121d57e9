//! Writes the inverted index in tantivy's format: one segment, whose document `n` is the
//! article with the ordinal `n`.
//!
//! Why not by tantivy's own writer: it tokenizes every field by itself and looks every token
//! up in a table that holds all fields; its threads write segments of their own, which must
//! be read and written once more to become one. Here an article is analyzed once for all
//! fields, and fields are written side by side.

use std::io::{self, Write};
use std::path::Path;

use tantivy::directory::{CompositeWrite, TerminatingWrite};
use tantivy::fastfield::FastFieldsWriter;
use tantivy::fieldnorm::{FieldNormReader, FieldNormsSerializer};
use tantivy::index::SegmentComponent;
use tantivy::postings::FieldSerializer;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::store::StoreWriter;
use tantivy::{Directory, Index, IndexMeta, Segment};
use tantivy_common::CountingWriter;

use super::invert::{Postings, Terms};

/// A field as bytes.
#[derive(PartialEq, Eq)]
pub(super) struct Written {
    field: Field,
    /// In how many articles each term stands, by its place.
    pub(super) frequencies: Vec<u32>,
    norms: Vec<u8>,
    terms: Vec<u8>,
    postings: Vec<u8>,
    positions: Vec<u8>,
}

/// Writes a field.
pub(super) fn field(
    field: Field,
    record: IndexRecordOption,
    terms: &Terms<'_>,
    inverted: &Postings<'_>,
) -> io::Result<Written> {
    let norms: Vec<u8> =
        inverted.lengths.iter().map(|length| FieldNormReader::fieldnorm_to_id(*length)).collect();
    let [mut terms_out, mut postings_out, mut positions_out] =
        std::array::from_fn(|_| CountingWriter::wrap(Vec::new()));
    let mut serializer = FieldSerializer::create(
        record,
        inverted.len() as u64,
        &mut terms_out,
        &mut postings_out,
        &mut positions_out,
        // Lengths only serve bounds of scores, which our scoring does not ask for.
        None,
    )?;
    let mut frequencies = vec![0; terms.names.len()];
    let mut deltas = Vec::new();
    for piece in inverted.pieces() {
        for place in piece.places.clone() {
            let entries = piece.of_term(place);
            if entries.is_empty() {
                continue;
            }
            let articles = || entries.chunk_by(|a, b| a.0 == b.0);
            let frequency = u32::try_from(articles().count()).unwrap_or(u32::MAX);
            frequencies[place] = frequency;
            terms.names[place].with_bytes(|term| serializer.new_term(term, frequency, true))?;
            for occurrences in articles() {
                let Some((article, _)) = occurrences.first() else { continue };
                deltas.clear();
                let mut last = 0;
                for (_, position) in occurrences {
                    deltas.push(position - last);
                    last = *position;
                }
                let count = u32::try_from(occurrences.len()).unwrap_or(u32::MAX);
                serializer.write_doc(*article, count, &deltas);
            }
            serializer.close_term()?;
        }
    }
    serializer.close()?;
    let [terms, postings, positions] = [terms_out, postings_out, positions_out].map(CountingWriter::finish);
    Ok(Written { field, frequencies, norms, terms, postings, positions })
}

/// Writes the only segment of `index` from its fields, in the order of the schema.
pub(super) fn write(index: &Index, articles: usize, fields: &[Written]) -> tantivy::Result<()> {
    let articles = u32::try_from(articles).unwrap_or(u32::MAX);
    let segment = index.new_segment().with_max_doc(articles);
    composite(&segment, SegmentComponent::Terms, fields, |field| &field.terms)?;
    composite(&segment, SegmentComponent::Postings, fields, |field| &field.postings)?;
    composite(&segment, SegmentComponent::Positions, fields, |field| &field.positions)?;
    let mut norms = FieldNormsSerializer::from_write(segment.open_write(SegmentComponent::FieldNorms)?)?;
    for field in fields {
        norms.serialize_field(field.field, &field.norms)?;
    }
    norms.close()?;
    // tantivy opens these files too: nothing is stored and no field is a column.
    let mut columns = segment.open_write(SegmentComponent::FastFields)?;
    FastFieldsWriter::from_schema_and_tokenizer_manager(
        &index.schema(),
        index.fast_field_tokenizer().clone(),
    )?
    .serialize(&mut columns, None)?;
    columns.terminate()?;
    let settings = index.settings();
    let store = segment.open_write(SegmentComponent::Store)?;
    StoreWriter::new(store, settings.docstore_compression, settings.docstore_blocksize, false)?.close()?;
    let meta = IndexMeta {
        index_settings: settings.clone(),
        persisted_custom_extensions: Vec::new(),
        segments: vec![segment.meta().clone()],
        schema: index.schema(),
        opstamp: 0,
        payload: None,
    };
    let meta = serde_json::to_vec_pretty(&meta)?;
    index.directory().atomic_write(Path::new("meta.json"), &meta)?;
    Ok(())
}

fn composite(
    segment: &Segment,
    component: SegmentComponent,
    fields: &[Written],
    bytes: impl Fn(&Written) -> &Vec<u8>,
) -> tantivy::Result<()> {
    let mut file = CompositeWrite::wrap(segment.open_write(component)?);
    for field in fields {
        file.for_field(field.field).write_all(bytes(field))?;
    }
    file.close()?;
    Ok(())
}
