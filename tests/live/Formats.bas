' Each number format of some cells, by LibreOffice's number for it, and the areas that have it. From outside
' LibreOffice every format is an object that is asked for by itself, which takes a hundred times as long.
Function Formats(cells) As Variant
    groups = cells.getUniqueCellFormatRanges()
    Dim found(groups.Count - 1)
    For at = 0 To groups.Count - 1
        found(at) = Array(groups.getByIndex(at).NumberFormat, groups.getByIndex(at).RangeAddressesAsString)
    Next
    Formats = found
End Function
