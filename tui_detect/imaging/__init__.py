"""Safe decoding, EXIF, hashing, thumbnails, object files, pictures as terminal cells."""
