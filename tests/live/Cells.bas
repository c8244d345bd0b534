' What is asked of a workbook, answered inside LibreOffice in one go. From outside, each object on the way takes
' a millisecond to get hold of, and every format and every table is one.

Function DocumentOf(book)
    documents = StarDesktop.Components.createEnumeration()
    Do While documents.hasMoreElements()
        document = documents.nextElement()
        If document.RuntimeUID = book Then
            DocumentOf = document
            Exit Function
        End If
    Loop
End Function

Function CellsOf(book, sheet, column, row, lastColumn, lastRow)
    CellsOf = DocumentOf(book).Sheets.getByName(sheet).getCellRangeByPosition(column, row, lastColumn, lastRow)
End Function

' The sheet of each table, counted from 0, in the order of their names.
Function SheetsOfTables(book)
    tables = DocumentOf(book).DatabaseRanges
    Dim found(tables.Count - 1)
    For at = 0 To tables.Count - 1
        found(at) = tables.getByIndex(at).DataArea.Sheet
    Next
    SheetsOfTables = found
End Function

' Each name, and what it stands for.
Function Names(book)
    ranges = DocumentOf(book).NamedRanges
    Dim found(ranges.Count - 1)
    For at = 0 To ranges.Count - 1
        found(at) = Array(ranges.getByIndex(at).Name, ranges.getByIndex(at).Content)
    Next
    Names = found
End Function

' Let a cell show some words, and lead to a place.
Function LinkCell(book, sheet, column, row, lastColumn, lastRow, place, words)
    field = DocumentOf(book).createInstance("com.sun.star.text.TextField.URL")
    field.URL = place
    field.Representation = words
    cell = CellsOf(book, sheet, column, row, lastColumn, lastRow).getCellByPosition(0, 0)
    cell.String = ""
    cell.insertTextContent(cell.createTextCursor(), field, False)
    LinkCell = True
End Function

' Each number format of the cells, by LibreOffice's number for it, and the areas that have it.
Function Formats(book, sheet, column, row, lastColumn, lastRow)
    groups = CellsOf(book, sheet, column, row, lastColumn, lastRow).getUniqueCellFormatRanges()
    Dim found(groups.Count - 1)
    For at = 0 To groups.Count - 1
        found(at) = Array(groups.getByIndex(at).NumberFormat, groups.getByIndex(at).RangeAddressesAsString)
    Next
    Formats = found
End Function

' The number of the format that all of the cells share; -1 where they differ.
Function SharedFormat(book, sheet, column, row, lastColumn, lastRow)
    asked = CellsOf(book, sheet, column, row, lastColumn, lastRow)
    If asked.getPropertyState("NumberFormat") = com.sun.star.beans.PropertyState.AMBIGUOUS_VALUE Then
        SharedFormat = -1
    Else
        SharedFormat = asked.NumberFormat
    End If
End Function

' Whether any of the cells holds a formula, whatever comes out of it.
Function HasFormula(book, sheet, column, row, lastColumn, lastRow)
    found = CellsOf(book, sheet, column, row, lastColumn, lastRow).queryFormulaCells(7)
    HasFormula = UBound(found.RangeAddresses) >= 0
End Function
