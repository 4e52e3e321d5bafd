#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the DICOM files of DICOMFileTests with pydicom 3.0, and lists what is in them.

    make_dicom.py FOLDER      (this folder's dicom)

The picture is a gray disc of 32×32 pixels, as JPEG by Pillow; nobody's eye.
"""
import hashlib
import io
import json
import pathlib
import sys

from PIL import Image, ImageDraw
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import JPEG2000Lossless, JPEGBaseline8Bit, ExplicitVRLittleEndian

folder = pathlib.Path(sys.argv[1])
picture = Image.new("RGB", (32, 32))
ImageDraw.Draw(picture).ellipse((2, 2, 29, 29), fill=(160, 80, 40))
stream = io.BytesIO()
picture.save(stream, "JPEG", quality=80)
jpeg = stream.getvalue()


def make(name, syntax=JPEGBaseline8Bit, fragments=1, frames=1, has_sequences=True, encapsulated=True):
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.77.1.5.1"  # Ophthalmic Photography 8 Bit
    meta.MediaStorageSOPInstanceUID = "1.2.826.0.1.3680043.2.1"
    meta.TransferSyntaxUID = syntax
    data = FileDataset(name, {}, file_meta=meta, preamble=b"\0" * 128)
    data.SOPClassUID, data.SOPInstanceUID = meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID
    data.Modality, data.Manufacturer, data.ManufacturerModelName = "OP", "Nobody", "Disc 1"
    data.PatientID, data.StudyDate, data.AcquisitionDateTime = "7", "20261125", "20261125120000"
    data.ImageLaterality = "L"
    data.Rows = data.Columns = 32
    data.BitsAllocated = data.BitsStored = 8
    data.HighBit, data.PixelRepresentation, data.SamplesPerPixel = 7, 0, 3
    data.PhotometricInterpretation, data.PlanarConfiguration = "YBR_FULL_422", 0
    data.NumberOfFrames = frames
    if has_sequences:
        code = Dataset()
        code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = "T-AA610", "SRT", "Retina"
        inner = Dataset()
        inner.PurposeOfReferenceCodeSequence = Sequence([code])
        data.AnatomicRegionSequence = Sequence([code])
        data.SourceImageSequence = Sequence([inner])
        for sequence in (data["AnatomicRegionSequence"], data["SourceImageSequence"]):
            sequence.is_undefined_length = True
    if encapsulated:
        data.PixelData = encapsulate([jpeg] * frames, fragments_per_frame=fragments)
        data["PixelData"].is_undefined_length = True
    else:
        data.PixelData = picture.tobytes()
    data.save_as(folder / name, enforce_file_format=True)


make("photograph.dcm")
make("fragments.dcm", fragments=3, has_sequences=False)
make("two-frames.dcm", frames=2)
make("raw.dcm", syntax=ExplicitVRLittleEndian, encapsulated=False)
make("jpeg2000.dcm", syntax=JPEG2000Lossless)
(folder / "photograph.json").write_text(json.dumps({"sha256": hashlib.sha256(jpeg).hexdigest(), "bytes": len(jpeg)}) + "\n")
