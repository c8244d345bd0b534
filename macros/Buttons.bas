Attribute VB_Name = "Buttons"
Option Explicit

' What can be pressed: on Start, in the ribbon, and in Excel's list of macros (Alt+F8).
' Each starts one function of stepladder.addin; what it finds, Python writes into the workbook.

Public Sub RefreshAll()
    StartPython "refresh"
End Sub

Public Sub RefreshSelected()
    StartPython "refresh_selected"
End Sub

Public Sub CheckOnly()
    StartPython "check"
End Sub

Public Sub OpenHelp()
    StartPython "help_page"
End Sub

' The ribbon hands over its control. As Object, it needs no reference to Office's own library.

Public Sub RibbonRefreshAll(ByVal control As Object)
    RefreshAll
End Sub

Public Sub RibbonRefreshSelected(ByVal control As Object)
    RefreshSelected
End Sub

Public Sub RibbonCheckOnly(ByVal control As Object)
    CheckOnly
End Sub

Public Sub RibbonOpenHelp(ByVal control As Object)
    OpenHelp
End Sub
